/**
 * Loaded into the daemon before its program (`--import`): at SIGPWR it prints how much its heap holds, in bytes. With a
 * young generation so large that nothing is collected, two such figures tell what was allocated between them.
 */

process.on('SIGPWR', () => process.stdout.write(`heap ${process.memoryUsage().heapUsed}\n`));
