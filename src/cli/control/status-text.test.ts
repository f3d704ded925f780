import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATUS } from '../../../test/support/status-example.ts';
import { paletteFor } from '../paint.ts';
import { metricsOf, metricsText } from './metrics-text.ts';
import { statusText } from './status-text.ts';

const NOW = Date.UTC(2026, 10, 25, 9);

test('the status for people', () => {
  const text = statusText(STATUS, NOW, paletteFor({}, {}));
  for (const line of [
    'listening on eth0, wg0 (waiting for it)',
    'journal /var/lib/postern/journal: cannot be written',
    'doors: 1002',
    '  ssh       on                        opens tcp/22 for 30 s; from 192.0.2.0/24 only; 3 matches',
    '  a "b" \\c  off: no sequence is left  closes ssh; one-time sequences; 0 matches; sequence none',
    '  and 1000 more',
    'open: 2',
    '  192.0.2.7      ssh  10 s left',
    '  2001:db8::/64  ssh  closing',
    '  192.0.2.9  ssh or web  stage 1, 2 s old',
    '  198.51.100.0/24  by hand  no end',
    'packets   100 received, 1 dropped by the kernel',
    'doors     2 opened, 1 refreshed, 1 closed, 5 (4 not-allowed, 1 door-off) refused',
    'packets   2 (2 bad-hmac) of SPA refused',
    'commands  7 started, 0 failed',
  ]) {
    assert.ok(text.split('\n').includes(line), `'${line}' in:\n${text}`);
  }
});

test('a reload that failed is said', () => {
  const config = { ...STATUS.config, failedReload: { at: '2026-11-25T09:00:00.000Z', errors: 2 } };
  assert.match(
    statusText({ ...STATUS, config }, NOW, paletteFor({}, {})),
    /the file had 2 errors at .*changed nothing/,
  );
});

test('the metrics follow the text format of Prometheus: names once, labels escaped, counters end in _total', () => {
  const metrics = metricsOf(STATUS);
  assert.equal(new Set(metrics.map(({ name }) => name)).size, metrics.length);
  for (const { name, type } of metrics) {
    assert.match(name, /^postern_[a-z_]+$/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
  }
  const text = metricsText(metrics);
  assert.match(text, /^postern_matches_total\{door="a \\"b\\" \\\\c"\} 0$/m);
  assert.match(text, /^postern_refused_total\{reason="not-allowed"\} 4$/m);
  assert.match(text, /^postern_journal_healthy 0$/m);
  assert.match(text, /^postern_start_time_seconds 1795597200$/m);
  assert.ok(text.endsWith('\n'));
  for (const { source } of STATUS.grants.shown) assert.ok(!text.includes(source), 'no source');
});
