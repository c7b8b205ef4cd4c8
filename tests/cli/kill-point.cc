// Preloaded into a tool: all its processes together count their calls of write, rename, fsync and
// fork in a file, KILL_COUNT, and the one that makes the call of number KILL_POINT is killed before
// it, with all others of its group if KILL_GROUP is set.

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

namespace
{

struct Point
{
    std::uint64_t* count = nullptr;
    std::uint64_t number = 0;
    bool isOfGroup = false;
};

Point
FromEnvironment()
{
    Point point;
    const char* file = std::getenv("KILL_COUNT");
    const char* number = std::getenv("KILL_POINT");
    const int descriptor = file && number ? open(file, O_RDWR | O_CLOEXEC) : -1;
    if (descriptor < 0)
    {
        return point;
    }
    void* memory =
        mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (memory != MAP_FAILED)
    {
        point.count = static_cast<std::uint64_t*>(memory);
        point.number = std::strtoull(number, nullptr, 10);
        point.isOfGroup = std::getenv("KILL_GROUP") != nullptr;
    }
    return point;
}

void
Pass()
{
    static const Point point = FromEnvironment();
    if (point.count && __atomic_add_fetch(point.count, 1, __ATOMIC_SEQ_CST) == point.number)
    {
        kill(point.isOfGroup ? 0 : getpid(), SIGKILL);
    }
}

template <class Function>
Function*
Real(const char* name)
{
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C"
{
    ssize_t write(int file, const void* octets, size_t size)
    {
        static const auto real = Real<ssize_t(int, const void*, size_t)>("write");
        Pass();
        return real(file, octets, size);
    }

    ssize_t writev(int file, const iovec* parts, int count)
    {
        static const auto real = Real<ssize_t(int, const iovec*, int)>("writev");
        Pass();
        return real(file, parts, count);
    }

    int rename(const char* from, const char* to) noexcept
    {
        static const auto real = Real<int(const char*, const char*)>("rename");
        Pass();
        return real(from, to);
    }

    int fsync(int file)
    {
        static const auto real = Real<int(int)>("fsync");
        Pass();
        return real(file);
    }

    pid_t fork() noexcept
    {
        static const auto real = Real<pid_t()>("fork");
        Pass();
        return real();
    }
}
