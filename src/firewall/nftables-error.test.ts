import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMissing, kernelRefusal, libraryRefusal } from './nftables-error.ts';

test('what the kernel refuses is told with what to do', () => {
  const forbidden = kernelRefusal('change', 'postern', 'EPERM');
  assert.equal(forbidden.message, "failed to change the nftables table 'inet postern': EPERM");
  assert.match(forbidden.hint ?? '', /root.*CAP_NET_ADMIN/);
  assert.match(kernelRefusal('speak to', 'postern', 'EINVAL').hint ?? '', /no nftables.*modprobe nf_tables/);
  assert.equal(kernelRefusal('change', 'postern', 'ENOMEM').hint, undefined);
});

test('of what libnftables prints, the reason is told', () => {
  const text = 'Error: Could not process rule: Operation not permitted\ntable inet postern {\n^^^^^\n';
  const error = libraryRefusal('list', 'postern', text);
  assert.match(error.message, /'inet postern': Could not process rule: Operation not permitted$/);
  assert.equal(error.code, 'EPERM');
  assert.equal(
    libraryRefusal('list', 'postern', '').message,
    "failed to list the nftables table 'inet postern': ",
  );
  assert.ok(isMissing('Error: No such file or directory\nlist table inet postern\n'));
  assert.ok(!isMissing(text));
});
