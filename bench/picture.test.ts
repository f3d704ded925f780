import assert from 'node:assert/strict';
import { test } from 'node:test';
import { picture, reach } from './picture.ts';
import { atLeast, atMost, type Bar, type Row } from './row.ts';

const row = (...bars: Bar[]): Row => ({ id: 'P4', title: 'a title', method: 'once', figures: [], bars });

test('a beam is as long as the value beside its limit, and crosses the line only where the bar was missed', () => {
  assert.equal(reach(atMost('x', 2, 4)), 0.5);
  assert.equal(reach(atMost('x', 6, 4)), 1.5);
  assert.equal(reach(atLeast('x', 100, 100)), 1);
  assert.equal(reach(atLeast('x', 400, 100)), 0.25);
  assert.equal(reach(atLeast('x', 50, 100)), 2);
});

test('what went down has a beam of no length, and nothing measured is no short beam', () => {
  assert.equal(reach(atMost('MB more', -3, 1)), 0);
  assert.ok(reach(atMost('x', Number.NaN, 1)) > 1);
  assert.ok(reach(atLeast('x', 0, 100)) > 1);
});

test('every bar has a beam, its name and its figures', () => {
  const svg = picture(
    [row(atMost('times tcpdump', 6.889, 4), atMost('part of knockd', 0.03, 0.125))],
    'a machine',
  );
  assert.match(svg, /class="missed"[^>]* width="300.0"/);
  assert.match(svg, /class="met"[^>]* width="48.0"/);
  for (const words of [
    'times tcpdump',
    '6.889 (at most 4) ✗',
    '0.03 (at most 0.125) ✓',
    '1 of 2 bars met',
    'a machine',
  ]) {
    assert.ok(svg.includes(words), words);
  }
});

test('the picture is alone: no script, no outside address, and both colour schemes', () => {
  const svg = picture([row(atMost('x', 1, 2))], 'm');
  assert.doesNotMatch(
    svg.replace('xmlns="http://www.w3.org/2000/svg"', ''),
    /https?:|<script|@import|url\(|href/,
  );
  assert.match(svg, /prefers-color-scheme: dark/);
});

test('words are escaped', () => {
  const svg = picture([row(atMost('a < b & c > d', 1, 2))], '<m>');
  assert.ok(svg.includes('a &lt; b &amp; c &gt; d'));
  assert.ok(svg.includes('&lt;m&gt;'));
});

test('a run without bars is a picture too', () => {
  assert.match(picture([row()], 'm'), /0 of 0 bars met[\s\S]*<\/svg>\n$/);
});
