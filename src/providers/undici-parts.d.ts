// undici has types for its index only.
declare module 'undici/lib/core/errors.js' {
  import { errors } from 'undici';

  export default errors;
}

declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';

  export default Pool;
}

declare module 'undici/lib/dispatcher/proxy-agent.js' {
  import { ProxyAgent } from 'undici';

  export default ProxyAgent;
}
