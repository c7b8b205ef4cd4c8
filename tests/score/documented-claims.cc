#include "tests/score/documented-claims.h"

#include "tests/score/scenario-measures.h"

namespace bouncelab::score
{

namespace
{

struct Row
{
    const char* id;
    const char* kind;
    const char* check;
    const char* documented;
    const char* tolerance;
};

// clang-format off
constexpr Row ROWS[] = {
    {"S003-02", "emergent", "bounce-text",
     "line 1: 203.131.198.80 does not like recipient. | line 2: Remote host said: 500 error | line 3: Giving up on 203.131.198.80. | lines: 3", ""},
    {"S003-03", "emergent", "bounce-text",
     "recipient: <kawamura@neptune.livedoor.com>:", ""},
    {"S003-04", "emergent", "log-line",
     "stamp: Sep 26 14:46:23 | delivery: 118310 | outcome: failure | text: 203.131.198.80_does_not_like_recipient./Remote_host_said:_500_error/Giving_up_on_203.131.198.80./", ""},
    {"S003-05", "fitted", "log-stamps",
     "agree at UTC+8: yes | weekday: Tue", ""},
    {"S003-06", "emergent", "snort-file",
     "name: TCP:60661-25 | size: 6941 B", ""},
    {"S003-07", "fitted", "log-less-capture",
     "90.868815 s", "0.2 s"},
    {"S003-08", "input", "destination",
     "address: 203.131.198.80 | name: 5a-p07-b3.data-hotel.net", ""},
    {"S003-10", "input", "packet-1",
     "t: 0 ms | heading: out | TTL: 127 | TOS: 0 | IP ID: 32988 | length: 64 | captured: 78 | DF: yes | flags: S | seq: 0x2E68FF24 | ack: 0x0 | window: 65535 | header: 44 | options: MSS NOP WS NOP NOP TS SackOK EOL | MSS: 1460 | WS: 1 | TS: 121485349 | TS echo: 0", ""},
    {"S003-11", "input", "packet-2",
     "t: 100.783 ms | heading: in | TTL: 49 | IP ID: 0 | length: 60 | captured: 74 | DF: yes | flags: AS | seq: 0x1527A9A1 | ack: 0x2E68FF25 | window: 5792 | header: 40 | options: MSS SackOK TS NOP WS | MSS: 1460 | WS: 0 | TS: 9713757 | TS echo: 121485349", "t: 1 ms | TS: 1"},
    {"S003-12", "fitted", "packet-3",
     "t: 100.942 ms | heading: out | TTL: 127 | length: 52 | captured: 66 | DF: yes | flags: A | seq: 0x2E68FF25 | ack: 0x1527A9A2 | window: 33304 | header: 32 | options: NOP NOP TS | TS: 121485450 | TS echo: 9713757", "t: 1 ms | TS: 1 | TS echo: 1"},
    {"S003-13", "fitted", "packet-4",
     "t: 201.851 ms | heading: in | TTL: 49 | IP ID: 37317 | length: 133 | captured: 147 | DF: yes | flags: AP | seq: 0x1527A9A2 | ack: 0x2E68FF25 | window: 5792 | header: 32 | TS: 9713767 | TS echo: 121485450 | payload: 81 B | text: 220 5a-p07-b3.data-hotel.net F-Secure/virusgw_smtp/220/5a-p07-b3.data-hotel.net\\r\\n", "t: 1 ms | TS: 1 | TS echo: 1"},
    {"S003-14", "fitted", "packet-5",
     "t: 202.135 ms | heading: out | TTL: 127 | length: 70 | captured: 84 | DF: yes | flags: AP | seq: 0x2E68FF25 | ack: 0x1527A9F3 | window: 33304 | header: 32 | TS: 121485551 | TS echo: 9713767 | payload: 18 B | text: HELO livedoor.cn\\r\\n", "t: 1 ms | TS: 2 | TS echo: 1"},
    {"S003-15", "fitted", "omitted-packets",
     "203.884 ms", "1 ms"},
    {"S003-16", "fitted", "packet-6",
     "t: 406.019 ms | heading: out | TTL: 127 | length: 93 | captured: 107 | DF: yes | flags: AP | seq: 0x2E68FF56 | ack: 0x1527AA19 | window: 33304 | header: 32 | TS: 121485755 | TS echo: 9713787 | payload: 41 B", "t: 1 ms | TS: 2 | TS echo: 1"},
    {"S003-17", "emergent", "packet-7",
     "t: 460.072 ms | heading: in | TTL: 57 | IP ID: 64 | length: 51 | captured: 65 | DF: no | flags: AP | seq: 0x1527AA19 | ack: 0x2E68FF7F | window: 0 | header: 20 | options: none | payload: 11 B | text: 500 error\\r\\n", "t: 1 ms"},
    {"S003-18", "emergent", "packet-8",
     "t: 511.047 ms | heading: in | TTL: 49 | IP ID: 37321 | length: 60 | captured: 74 | DF: yes | flags: AP | seq: 0x1527AA19 | ack: 0x2E68FF7F | window: 5792 | header: 32 | TS: 9713798 | TS echo: 121485755 | payload: 8 B | text: 250 Ok\\r\\n", "t: 1 ms | TS: 1 | TS echo: 2"},
    {"S003-19", "emergent", "packet-9",
     "t: 511.335 ms | heading: out | TTL: 127 | length: 58 | captured: 72 | DF: yes | flags: APF | seq: 0x2E68FF7F | ack: 0x1527AA24 | window: 33304 | header: 32 | TS: 121485860 | TS echo: 9713787 | payload: 6 B | text: QUIT\\r\\n", "t: 1 ms | TS: 2 | TS echo: 1"},
    {"S003-20", "fitted", "rcpt-to-forged",
     "54.053 ms", "0.5 ms"},
    {"S003-21", "fitted", "rcpt-to-genuine",
     "105.028 ms", "0.5 ms"},
    {"S003-22", "emergent", "forged-lead",
     "50.975 ms", "0.5 ms"},
    {"S003-23", "fitted", "round-trips",
     "SYN: 100.783 ms | greeting: 100.909 ms", "1 ms"},
    {"S003-24", "fitted", "inner-turn-round",
     "P2 to P3: < 0.3 ms | P4 to P5: < 0.3 ms | P8 to P9: < 0.3 ms", ""},
    {"S003-25", "emergent", "impossible-speed",
     "too early: yes", ""},
    {"S003-26", "emergent", "initial-ttl",
     "genuine: 15 | forged: 7 | route: 15", ""},
    {"S003-27", "emergent", "sequence-algebra",
     "P4: 81 B to 0x1527A9F3 | P5: 18 B to 0x2E68FF37 | P6: 41 B to 0x2E68FF7F | P7: 11 B to 0x1527AA24 | P8: 8 B to 0x1527AA21 | acknowledged: yes", ""},
    {"S003-28", "emergent", "overlap-conflict",
     "same seq: yes | same ack: yes | lengths: 11/8 | different bytes: yes", ""},
    {"S003-29", "emergent", "phantom-ack",
     "beyond: 3 B | ack: 0x1527AA24 | sent: 0x1527AA21", ""},
    {"S003-30", "emergent", "omitted-bytes",
     "client: 31 B | server: 38 B", ""},
    {"S003-31", "emergent", "quit-wait",
     "wait: 51.263 ms | after P8: yes | QUIT and FIN in one: yes", "wait: 0.5 ms"},
    {"S003-32", "emergent", "timestamp-echo",
     "echoes P8: no | echoes what P6 echoed: yes", ""},
    {"S003-33", "emergent", "server-clock",
     "rate: 100 Hz | P2 to P4: 10 | P2 to P8: 41 | uptime: 26 h 58 m 57 s", "rate: 3 | P2 to P4: 1 | P2 to P8: 1"},
    {"S003-34", "emergent", "client-clock",
     "rate: 1000 Hz | P1 to P9: 511 | uptime: 33 h 44 m 45 s", "rate: 3 | P1 to P9: 1"},
    {"S003-35", "input", "server-fingerprint",
     "IP ID: 0 | DF: yes | window: 5792 | options: MSS SackOK TS NOP WS", ""},
    {"S003-36", "emergent", "client-windows",
     "SYN: 65535 | scaled: 66608 | segments: 46 x 1448", ""},
    {"S003-37", "emergent", "client-ip-id",
     "first: 32988 | rising: yes | rate: 280 /s", "rate: 60"},
    {"S003-38", "emergent", "server-ip-id",
     "SYN-ACK: 0 | greeting: 37317 | steps: 4 | forged outside: yes", ""},
    {"S003-39", "input", "reply-grammar",
     "code: 500 | text: error | enhanced code: no | host name: no", ""},
    {"S003-40", "emergent", "forger-place",
     "client decrements: 1 | interval: (6, 7]", ""},
    {"S003-41", "emergent", "rtt-bound",
     "last possible: 8 | first impossible: 9", ""},
    {"S003-42", "fitted", "server-think-time",
     "4.245 ms", "0.5 ms"},
    {"S003-43", "emergent", "forged-tells",
     "TTL jump: 8 | IP ID apart: yes | DF cleared: yes | window: 0 | TS missing: yes | overlap: yes | too early: yes | other text: yes", ""},
    {"S003-44", "input", "inside-path",
     "out: 0:E0:FC:34:C0:86 -> 0:14:22:1F:4A:49 | in: 0:14:22:1F:4A:49 -> 0:11:43:58:71:FF | same for all frames: yes | two stations: yes", ""},
    {"S003-45", "emergent", "hops-6-to-7",
     "0.252 ms", "0.2 ms"},
    {"S003-51", "fitted", "hop-1",
     "address: 210.83.214.161 | min: 0.612 ms", "min: 0.2 ms"},
    {"S003-52", "fitted", "hop-2",
     "address: 210.83.193.49 | min: 0.486 ms", "min: 0.2 ms"},
    {"S003-53", "fitted", "hop-3",
     "address: 210.52.131.6 | min: 16.975 ms", "min: 0.2 ms"},
    {"S003-54", "fitted", "hop-4",
     "address: 210.52.130.10 | min: 45.836 ms", "min: 0.2 ms"},
    {"S003-55", "fitted", "hop-5",
     "address: 210.52.132.230 | min: 49.957 ms", "min: 0.2 ms"},
    {"S003-56", "fitted", "hop-6",
     "address: 210.53.126.2 | min: 49.955 ms", "min: 0.2 ms"},
    {"S003-57", "fitted", "hop-7",
     "address: 202.147.16.125 | min: 50.207 ms", "min: 0.2 ms"},
    {"S003-58", "fitted", "hop-8",
     "address: 202.147.16.205 | min: 50.081 ms", "min: 0.2 ms"},
    {"S003-59", "fitted", "hop-9",
     "address: 202.147.16.214 | min: 103.050 ms", "min: 0.2 ms"},
    {"S003-60", "fitted", "hop-10",
     "address: 202.147.0.206 | min: 99.677 ms", "min: 0.2 ms"},
    {"S003-61", "fitted", "hop-11",
     "address: 203.192.131.250 | min: 103.430 ms", "min: 0.2 ms"},
    {"S003-62", "fitted", "hop-12",
     "address: 203.174.64.13 | min: 99.804 ms", "min: 0.2 ms"},
    {"S003-63", "fitted", "hop-13",
     "address: 203.174.64.146 | min: 100.056 ms", "min: 0.2 ms"},
    {"S003-64", "fitted", "hop-14",
     "address: 203.174.64.214 | min: 99.676 ms", "min: 0.2 ms"},
    {"S003-65", "fitted", "hop-15",
     "address: 203.131.198.80 | min: 99.926 ms", "min: 0.2 ms"},
};
// clang-format on

} // namespace

scenario::Expectations
DocumentedClaims()
{
    scenario::Expectations expectations = MeasuresOf("forged-reply");
    for (const Row& row : ROWS)
    {
        scenario::Claim claim;
        for (const auto& [name, kind] : EnumNames(scenario::ClaimKind{}))
        {
            claim.kind = name == row.kind ? kind : claim.kind;
        }
        claim.check = row.check;
        claim.documented = row.documented;
        claim.tolerance = row.tolerance;
        expectations.claims[row.id] = claim;
    }
    return expectations;
}

} // namespace bouncelab::score
