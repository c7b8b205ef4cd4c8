#ifndef BOUNCELAB_MODELS_HOST_DISK_CONFIG_H
#define BOUNCELAB_MODELS_HOST_DISK_CONFIG_H

#include "formats/field.h"

#include <chrono>
#include <cstdint>
#include <vector>

namespace bouncelab::host
{

/// What else lies on a disk from some moment on.
struct DiskUse
{
    Nanoseconds at = Field(&at, "at").Required().Range(0, 1e18) | "From when.";
    std::uint64_t octets =
        Field(&octets, "octets").Required().Unit("octets").Range(0, 1e15) | "How much it takes.";
};

/// The disk that a mail program has its queue on.
struct DiskConfig
{
    std::uint64_t capacity =
        Field(&capacity, "capacity").Unit("octets").Range(0, 1e15) |
        "What it holds; 0 = it never fills. Without room the server refuses mail for now, by its "
        "persona's `limits.free-space` and `replies.disk-full`, and reports wait.";
    std::vector<DiskUse> otherUse =
        Field(&otherUse, "other-use") |
        "What lies on it beside the queue, in order of time: each replaces the one before.";
    Nanoseconds writeBack =
        Field(&writeBack, "write-back", std::chrono::seconds(30)).Range(0, 3600e9) |
        "How long what a program has written and not synced stays in memory: Linux's "
        "`vm.dirty_expire_centisecs` is 30 s.";
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_DISK_CONFIG_H
