/**
 * Milliseconds that work takes of the processor, the least of three times: unlike the time that passes, it does not
 * depend on what else a busy machine does.
 */
export function processorMs(work: () => void): number {
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}
