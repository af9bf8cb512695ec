import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claims } from './names';

test('a name is a vendor’s by the whole of it, with any text for a star', () => {
  const mine = claims(['_ga', '_ga_*', 'mp_*_mixpanel', 'krt.*', 'ab.storage.userId.*', '*-id'], []);
  for (const name of ['_ga', '_ga_', '_ga_ABC123', 'mp_0a_mixpanel', 'krt.vis', 'ab.storage.userId.a\nb', 'x-id', '-id']) {
    assert.equal(mine(name), true, name);
  }
  for (const name of ['_gat', '_gat_other', 'x_ga', '_gaa', '_GA', '', 'mp_mixpanel', 'mp_0a_mixpanel2', 'krtxvis', 'abXstorageXuserIdX1', 'x-id2']) {
    assert.equal(mine(name), false, name);
  }
});

test('what means something in a regular expression is a letter like any other', () => {
  const mine = claims(['a(b', '[x]+', 'taboola global:user-id', 'お客*', '\\d', '$', 'a|b'], []);
  for (const name of ['a(b', '[x]+', 'taboola global:user-id', 'お客様', '\\d', '$', 'a|b']) assert.equal(mine(name), true, name);
  for (const name of ['x', 'xx', '1', 'a', 'b', '']) assert.equal(mine(name), false, name);
});

test('what another vendor claims stays', () => {
  const mine = claims(['_g*'], ['_gcl_au', '_gac_*']);
  assert.deepEqual(['_ga', '_gcl_au', '_gac_1', '_gcl_aw'].map(mine), [true, false, false, true]);
});

test('nobody claims anything: nothing is a vendor’s', () => {
  assert.deepEqual(['', 'a', 'undefined'].map(claims([], [])), [false, false, false]);
});

test('Sekisho’s own, and refusals towards the vendor itself, are never wanted', () => {
  const mine = claims(['*a*', 's*', 'k*', 'o*', '_*', 'c*'], []);
  for (const name of ['sekisho', 'sekisho.queue', 'sekisho.seen', 'scl_usr_opt_out', 'ab.optOut', 'cto_optout', 'krt___oo', 'krt_oo', '__hs_opt_out']) {
    assert.equal(mine(name), false, name);
  }
  for (const name of ['optimizelya', '_vis_opt_exp_1', 'krt_oo2']) assert.equal(mine(name), true, name);
});
