/**
 * KEYS: stream, hash of the last stored number of each producer.
 * ARGV: producer, `after`, longest stream, then number, id, type, subject and JSON of each event.
 * One script is one transaction of Redis: after a crash, stream and hash have lost the same tail.
 * The hash is read first and written with each entry, so that no error can come between the two.
 * Trimming is apart: Redis writes XADD with MAXLEN to its file as an exact length of that moment,
 * and replaying that after a torn tail would cost old entries.
 */
export const PUBLISH_SCRIPT = `
local producer = ARGV[1]
local last = tonumber(redis.call('HGET', KEYS[2], producer) or '0')
if last < tonumber(ARGV[2]) then return last end
for at = 4, #ARGV, 5 do
  local number = tonumber(ARGV[at])
  if number > last then
    local entry = {'id', ARGV[at + 1], 'type', ARGV[at + 2]}
    if ARGV[at + 3] ~= '' then
      entry[#entry + 1] = 'subject'
      entry[#entry + 1] = ARGV[at + 3]
    end
    entry[#entry + 1] = 'event'
    entry[#entry + 1] = ARGV[at + 4]
    redis.call('XADD', KEYS[1], '*', unpack(entry))
    redis.call('HSET', KEYS[2], producer, ARGV[at])
    last = number
  end
end
if redis.call('XLEN', KEYS[1]) > tonumber(ARGV[3]) then
  redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', ARGV[3])
end
return last
`;
