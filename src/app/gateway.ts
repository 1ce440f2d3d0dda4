export {
  type FaultShares,
  type Gateway,
  type GatewayOptions,
  type GatewayStats,
  startGateway,
} from '../gateway/index.ts';
