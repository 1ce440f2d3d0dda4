export type { FaultKind, FaultShares } from './faults.ts';
export type { GatewayOptions } from './options.ts';
export { type Gateway, type GatewayStats, startGateway } from './server.ts';
