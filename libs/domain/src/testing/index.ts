export { FixedClock, T0, someFeatures, somePolicy, someRecommendation, someReport, someStrategy } from './builders.js';
