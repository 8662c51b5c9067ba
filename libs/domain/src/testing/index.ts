export { FixedClock, T0, someFeatures, somePolicy, someReport, someStrategy } from './builders.js';
