export { didYouMean } from '../io/nearest.ts';
