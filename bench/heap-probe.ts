/**
 * Loaded into the daemon before its program (`--import`): at SIGUSR2 it prints how much its heap holds, in bytes. With a
 * young generation so large that nothing is collected, two such figures tell what was allocated between them.
 */

process.on('SIGUSR2', () => process.stdout.write(`heap ${process.memoryUsage().heapUsed}\n`));
