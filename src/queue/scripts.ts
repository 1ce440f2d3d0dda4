/** A step that Redis carries out as a whole. */
interface Script {
  readonly numberOfKeys: number;
  readonly lua: string;
}

/**
 * Hands calls of a job to the worker that holds it. Keys: calls, begun, the job's lock. Arguments: the job's id, the
 * lock's token, a token that no other take has, trial ids. Returns for each call that is still of this job: trial id,
 * request, and the token of whoever had begun it, or an empty text; null if the worker does not hold the job any more.
 * Repeated with the same token, it returns the same.
 */
const TAKE: Script = {
  numberOfKeys: 3,
  lua: `
    if redis.call('GET', KEYS[3]) ~= ARGV[2] then return false end
    local taken = {}
    local head = ARGV[1] .. '\\n'
    for i = 4, #ARGV do
      local text = redis.call('HGET', KEYS[1], ARGV[i])
      if text and string.sub(text, 1, #head) == head then
        local owner = redis.call('HGET', KEYS[2], ARGV[i])
        if not owner then redis.call('HSET', KEYS[2], ARGV[i], ARGV[3]) end
        taken[#taken + 1] = ARGV[i]
        taken[#taken + 1] = string.sub(text, #head + 1)
        taken[#taken + 1] = (owner and owner ~= ARGV[3]) and owner or ''
      end
    end
    return taken`,
};

/**
 * Stores answers, each once, and only while the call is still of the job that the answer is to. Keys: calls, begun,
 * answers. Arguments: job id, trial id and text of each. Returns the number of those stored.
 */
const ANSWER: Script = {
  numberOfKeys: 3,
  lua: `
    local stored = 0
    for i = 1, #ARGV, 3 do
      local head = ARGV[i] .. '\\n'
      local text = redis.call('HGET', KEYS[1], ARGV[i + 1])
      if text and string.sub(text, 1, #head) == head then
        redis.call('HDEL', KEYS[1], ARGV[i + 1])
        redis.call('HDEL', KEYS[2], ARGV[i + 1])
        redis.call('XADD', KEYS[3], '*', 'a', ARGV[i + 2])
        stored = stored + 1
      end
    end
    return stored`,
};

/**
 * Stores calls, unless what workers must know of the run is not there. Keys: the run's sheet, calls. Arguments: trial id
 * and text of each. Returns 0 if nothing is stored, else 1.
 */
const PUT: Script = {
  numberOfKeys: 2,
  lua: `
    if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
    for i = 1, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
    return 1`,
};

/**
 * Takes back calls that are there and that nobody has begun. Keys: calls, begun. Arguments: trial ids. Returns the
 * others: one that is not there was answered, or Redis has lost it with the note that somebody had begun it.
 */
const WITHDRAW: Script = {
  numberOfKeys: 2,
  lua: `
    local others = {}
    for i = 1, #ARGV do
      local isBegun = redis.call('HEXISTS', KEYS[2], ARGV[i]) == 1
      if isBegun or redis.call('HDEL', KEYS[1], ARGV[i]) == 0 then others[#others + 1] = ARGV[i] end
    end
    return others`,
};

/** Key: calls. Arguments: trial id and job of each call. Returns the trial ids of those that are not there. */
const MISSING: Script = {
  numberOfKeys: 1,
  lua: `
    local missing = {}
    for i = 1, #ARGV, 2 do
      local head = ARGV[i + 1] .. '\\n'
      local text = redis.call('HGET', KEYS[1], ARGV[i])
      if not text or string.sub(text, 1, #head) ~= head then missing[#missing + 1] = ARGV[i] end
    end
    return missing`,
};

/**
 * Takes or prolongs a lock. Key: its name. Arguments: our token, milliseconds. Returns 0 if somebody else has it, 1 if
 * it was ours already, 2 if nobody had it. A command whose reply was lost is sent again, and finds our own token then.
 */
const LOCK: Script = {
  numberOfKeys: 1,
  lua: `
    local owner = redis.call('GET', KEYS[1])
    if owner == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
    if owner then return 0 end
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    return 2`,
};

/** Removes a lock that is ours. Key: its name. Argument: our token. */
const UNLOCK: Script = {
  numberOfKeys: 1,
  lua: `
    if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
    return redis.call('DEL', KEYS[1])`,
};

/**
 * Says that somebody is connected, and returns everybody who said so lately. Keys: set of ours, set of those to return.
 * Arguments: our text, or an empty one for nobody; milliseconds for which it counts.
 */
const ANNOUNCE: Script = {
  numberOfKeys: 2,
  lua: `
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local oldest = now - ARGV[2]
    if ARGV[1] ~= '' then redis.call('ZADD', KEYS[1], now, ARGV[1]) end
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', oldest)
    return redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. oldest, '+inf')`,
};

/** By the names of the commands that they become. */
export const SCRIPTS = {
  pgTake: TAKE,
  pgAnswer: ANSWER,
  pgPut: PUT,
  pgWithdraw: WITHDRAW,
  pgMissing: MISSING,
  pgLock: LOCK,
  pgUnlock: UNLOCK,
  pgAnnounce: ANNOUNCE,
};
