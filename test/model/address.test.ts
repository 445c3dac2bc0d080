import { describe, expect, test } from 'vitest';
import { isAddressRange, refusedAddress } from '../../src/model/address.ts';

/** As the router and the documents see a host: `URL` brings every spelling to one. */
function hostOf(host: string): string {
  return new URL(`http://${host}/`).hostname.replace(/^\[|\]$/g, '');
}

describe('an address that is not public is refused, however it is spelled:', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.1', 'loopback'],
    ['127.0.0.1.', 'loopback'],
    ['2130706433', 'loopback'],
    ['0x7f.1', 'loopback'],
    ['0x7f000001', 'loopback'],
    ['0177.0.0.01', 'loopback'],
    ['%31%32%37.0.0.1', 'loopback'],
    ['１２７.0.0.1', 'loopback'],
    ['127。0。0。1', 'loopback'],
    ['[::1]', 'loopback'],
    ['[0:0:0:0:0:0:0:1]', 'loopback'],
    ['[::ffff:127.0.0.1]', 'loopback'],
    ['[::ffff:7f00:1]', 'loopback'],
    ['[64:ff9b::127.0.0.1]', 'loopback'],
    ['[2002:7f00:1::]', 'loopback'],
    ['[::127.0.0.1]', 'reserved'],
    ['[::ffff:0:127.0.0.1]', 'reserved'],
    ['0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['[::]', 'unspecified'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['[::ffff:192.168.1.1]', 'private'],
    ['[2002:c0a8:101::1]', 'private'],
    ['100.64.0.1', 'shared'],
    ['100.127.255.255', 'shared'],
    ['169.254.1.1', 'link-local'],
    ['[fe80::1]', 'link-local'],
    ['[febf::1]', 'link-local'],
    ['[fec0::1]', 'private'],
    ['169.254.169.254', 'metadata'],
    ['0xa9fea9fe', 'metadata'],
    ['[::ffff:169.254.169.254]', 'metadata'],
    ['[64:ff9b::a9fe:a9fe]', 'metadata'],
    ['[fd00:ec2::254]', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['[fc00::1]', 'unique-local'],
    ['[fdff::1]', 'unique-local'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['[ff02::1]', 'multicast'],
    ['192.0.0.192', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['203.0.113.7', 'reserved'],
    ['192.31.196.1', 'reserved'],
    ['192.175.48.1', 'reserved'],
    ['[2620:4f:8000::1]', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['[2001::1]', 'reserved'],
    ['[2001:db8::1]', 'reserved'],
    ['[64:ff9b:1::1]', 'reserved'],
    ['[4000::1]', 'reserved'],
    ['[100::1]', 'reserved'],
  ])('%s is %s', (host, kind) => {
    expect(refusedAddress(hostOf(host), [])).toContain(kind);
  });
});

test.each([
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '223.255.255.255',
  '[2606:4700::1111]',
  '[2a00:1450:4001::5]',
  '[::ffff:1.1.1.1]',
  '[64:ff9b::1.1.1.1]',
])('the public address %s is taken', (host) => {
  expect(refusedAddress(hostOf(host), [])).toBeUndefined();
});

test.each([
  '',
  'localhost',
  '127.1',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.2.3.4',
  ':::',
  '1::2::3',
  'g::1',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
])('what is no address (%j) is refused', (text) => {
  expect(refusedAddress(text, ['0.0.0.0/0', '::/0'])).toBe('no address');
});

test('the zone of an address is no way around', () => {
  expect(refusedAddress('fe80::1%eth0', [])).toContain('link-local');
});

describe('an operator allows', () => {
  test.each([
    ['10.1.2.3', '10.1.0.0/16', true],
    ['10.2.2.3', '10.1.0.0/16', false],
    ['::ffff:10.1.2.3', '10.1.0.0/16', true],
    ['64:ff9b::10.1.2.3', '10.1.0.0/16', true],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.2', '127.0.0.1', false],
    ['::1', '127.0.0.0/8', false],
    ['fd00::1', 'fd00::/8', true],
    ['169.254.169.254', '10.0.0.0/8', false],
    ['169.254.169.254', '0.0.0.0/0', true],
  ])('%s by %s: %s', (address, range, isAllowed) => {
    expect(refusedAddress(address, [range]) === undefined).toBe(isAllowed);
  });
});

test.each([
  ['10.0.0.0/8', true],
  ['::1', true],
  ['fd00::/8', true],
  ['10.0.0.0/33', false],
  ['fd00::/129', false],
  ['10.0.0/8', false],
  ['10.0.0.0/', false],
  ['example.com', false],
])('%s is a range: %s', (text, isRange) => {
  expect(isAddressRange(text)).toBe(isRange);
});
