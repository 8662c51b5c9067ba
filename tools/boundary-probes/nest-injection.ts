// as: apps/api/src/__probe__.ts
import { Controller } from '@nestjs/common';
import { Recommender } from './recommender.js';

/** Nest reads the parameter's class at run time, so its import must stay a value import. */
@Controller()
export class RecommendationController {
  constructor(readonly recommender: Recommender) {}
}
