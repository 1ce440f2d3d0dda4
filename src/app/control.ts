export { RunControl } from '../engine/control.ts';
