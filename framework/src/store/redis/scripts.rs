//! The steps that happen as a whole. They run on Redis 6.2 and later, and on Valkey.

use std::sync::LazyLock;

use redis::Script;

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => { $(
        $(#[$doc])*
        pub(super) static $name: LazyLock<Script> = LazyLock::new(|| Script::new($text));
    )+ };
}

/// The time of Redis in milliseconds. Before Redis 7 a script that asks for it may write only when it says so.
macro_rules! with_time {
    ($text:literal) => {
        concat!(
            "if redis.replicate_commands then redis.replicate_commands() end\n",
            "local time = redis.call('TIME')\n",
            "local now = time[1] * 1000 + math.floor(time[2] / 1000)\n",
            $text
        )
    };
}

scripts! {
    /// Appends events. Keys: stream, newest, batch. Arguments: most events, life of the stream, life of the batch, then call
    /// id and JSON of each event. The batch is known from the end on: one that fails at its first event is not.
    APPEND = "
        if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
        local id = tonumber(redis.call('GET', KEYS[2]) or '0')
        if id == 0 then
            local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
            if last[1] then id = tonumber(string.match(last[1][1], '^(%d+)')) end
        end
        for place = 4, #ARGV, 2 do
            id = id + 1
            local name = string.format('%.0f-0', id)
            redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], name, 'c', ARGV[place], 'j', ARGV[place + 1])
        end
        redis.call('SET', KEYS[2], string.format('%.0f', id))
        if tonumber(ARGV[2]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) else redis.call('PERSIST', KEYS[1]) end
        redis.call('SET', KEYS[3], '1', 'PX', ARGV[3])
        return 1
    ";

    /// Claims a call. Key: the replies. Arguments: field, lease, window, who claims. A reply is `D<ends> <reply>`, a claim
    /// `C<lease> <ends> <who>`: who asks again, because the answer was lost, has it.
    CLAIM = with_time!("
        local lease, window = tonumber(ARGV[2]), tonumber(ARGV[3])
        local found = redis.call('HGET', KEYS[1], ARGV[1])
        if found then
            local ends, reply = string.match(found, '^D(%d+) (.*)$')
            if ends and tonumber(ends) > now then return {'done', reply} end
            local leased, over, who = string.match(found, '^C(%d+) (%d+) (.*)$')
            if who == ARGV[4] then return {'run'} end
            if over and tonumber(over) > now then
                if tonumber(leased) > now then return {'running'} else return {'interrupted'} end
            end
        end
        local life = lease + window
        redis.call('HSET', KEYS[1], ARGV[1], string.format('C%.0f %.0f ', now + lease, now + life) .. ARGV[4])
        if redis.call('PTTL', KEYS[1]) < life then redis.call('PEXPIRE', KEYS[1], life) end
        return {'run'}
    ");

    /// Remembers a reply. Key: the replies. Arguments: field, window, reply.
    FINISH = with_time!("
        local window = tonumber(ARGV[2])
        redis.call('HSET', KEYS[1], ARGV[1], string.format('D%.0f ', now + window) .. ARGV[3])
        if redis.call('PTTL', KEYS[1]) < window then redis.call('PEXPIRE', KEYS[1], window) end
    ");

    /// Looks for a reply. Key: the replies. Argument: field.
    LOOK = with_time!("
        local found = redis.call('HGET', KEYS[1], ARGV[1])
        if found then
            local ends, reply = string.match(found, '^D(%d+) (.*)$')
            if ends and tonumber(ends) > now then return {'done', reply} end
            local leased = string.match(found, '^C(%d+) ')
            if leased and tonumber(leased) > now then return {'running'} end
        end
        return {'none'}
    ");

    /// Forgets replies and interrupted claims. Key: the replies.
    FORGET = with_time!("
        local all = redis.call('HGETALL', KEYS[1])
        for place = 1, #all, 2 do
            local leased = string.match(all[place + 1], '^C(%d+) ')
            if not leased or tonumber(leased) <= now then redis.call('HDEL', KEYS[1], all[place]) end
        end
    ");

    /// Appends a message. Key: the messages. Arguments: text, life, most. A message is `<ends> <text>`.
    PUSH = with_time!("
        while true do
            local first = redis.call('LINDEX', KEYS[1], 0)
            if not first or tonumber(string.match(first, '^(%d+) ')) > now then break end
            redis.call('LPOP', KEYS[1])
        end
        local waiting = redis.call('LLEN', KEYS[1])
        if waiting >= tonumber(ARGV[3]) then return -1 end
        redis.call('RPUSH', KEYS[1], string.format('%.0f ', now + tonumber(ARGV[2])) .. ARGV[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return waiting + 1
    ");

    /// Takes all messages. Key: the messages.
    TAKE = with_time!("
        local texts = {}
        for _, message in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
            local ends, text = string.match(message, '^(%d+) (.*)$')
            if tonumber(ends) > now then texts[#texts + 1] = text end
        end
        redis.call('DEL', KEYS[1])
        return texts
    ");

    /// Counts an event under all bounds, or says which is full. Keys: the bounds. Arguments: mark (empty: count nothing), then
    /// most and window of each bound. Returns the place of the bound (from 1) and the wait, or nothing. A mark that is
    /// counted already is not counted again.
    COUNT = with_time!("
        if ARGV[1] ~= '' and redis.call('ZSCORE', KEYS[1], ARGV[1]) then return {} end
        local full, longest = nil, 0
        for place, key in ipairs(KEYS) do
            local most, window = tonumber(ARGV[2 * place]), tonumber(ARGV[2 * place + 1])
            local wait = window
            if most > 0 then
                local last = redis.call('ZREVRANGE', key, most - 1, most - 1, 'WITHSCORES')
                wait = last[2] and math.min(tonumber(last[2]) + window - now, window) or 0
            end
            if wait > longest then full, longest = place, wait end
        end
        if full then return {full, longest} end
        if ARGV[1] ~= '' then
            for place, key in ipairs(KEYS) do
                local window = tonumber(ARGV[2 * place + 1])
                redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - window))
                redis.call('ZADD', key, string.format('%.0f', now), ARGV[1])
                if redis.call('PTTL', key) < window then redis.call('PEXPIRE', key, window) end
            end
        end
        return {}
    ");

    /// Stores a report unless it is there. Key: what all keys begin with. Arguments: digest, agent, conversation key (empty:
    /// none), body, life (0: for ever). Returns the id, and whether it was there.
    PUT = "
        local function key(name) return KEYS[1] .. name end
        local digest, life = key('digest:' .. ARGV[1]), tonumber(ARGV[5])
        local function keep(name, value)
            if life > 0 then redis.call('SET', name, value, 'PX', life) else redis.call('SET', name, value) end
        end
        local known = redis.call('GET', digest)
        if known then return {tonumber(known), 1} end
        local id = redis.call('INCR', key('newest'))
        local text = string.format('%.0f', id)
        local lists = {key('all'), key('agent:' .. ARGV[2])}
        if ARGV[3] ~= '' then lists[3] = key('key:' .. ARGV[3]) end
        keep(key('body:' .. text), ARGV[4])
        keep(digest, text)
        for _, list in ipairs(lists) do
            redis.call('ZADD', list, text, text)
            if life > 0 then redis.call('PEXPIRE', list, life) else redis.call('PERSIST', list) end
            for _, oldest in ipairs(redis.call('ZRANGE', list, 0, 9)) do
                if redis.call('EXISTS', key('body:' .. oldest)) == 1 then break end
                redis.call('ZREM', list, oldest)
            end
        end
        return {id, 0}
    ";
}
