#include "lab/live/private-root.h"

#include "formats/text.h"
#include "lab/live/descriptor.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace bouncelab::live
{

namespace
{

namespace fs = std::filesystem;

void
Mount(const char* source,
      const fs::path& target,
      const char* type,
      unsigned long flags,
      const char* options = nullptr)
{
    if (mount(source, target.c_str(), type, flags, options) != 0)
    {
        ThrowErrno(fmt::format("cannot mount {} at {}", type ? type : source, target.string()));
    }
}

/// mountinfo writes space, tab, line end and backslash in octal.
std::string
Unescape(const std::string& text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] == '\\' && i + 3 < text.size())
        {
            result += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
            i += 3;
        }
        else
        {
            result += text[i];
        }
    }
    return result;
}

bool
IsWithin(const std::string& path, const std::string& folder)
{
    return StartsWith(path, folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

/// Where file systems with files to show are mounted: every place once, outer ones first.
std::vector<std::string>
FilePlaces()
{
    std::vector<std::string> places;
    std::ifstream table("/proc/self/mountinfo");
    std::string line;
    while (std::getline(table, line))
    {
        std::istringstream words(line);
        std::string skipped;
        std::string place;
        words >> skipped >> skipped >> skipped >> skipped >> place;
        place = Unescape(place);
        const bool isOwn = IsWithin(place, "/proc") || IsWithin(place, "/sys") ||
                           IsWithin(place, "/dev") || IsWithin(place, PRIVATE_PLACE);
        if (!isOwn)
        {
            places.push_back(place);
        }
    }
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
}

/// Mounts a folder as it is, read-only.
void
ShowReadOnly(const std::string& place, const fs::path& target)
{
    if (mount(place.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) == 0)
    {
        Mount(nullptr, target, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY);
    }
}

/// Shows a place; what is written there stays in the layer. Not every file system can be below one.
bool
ShowLayered(const std::string& place, const fs::path& layer, const fs::path& target)
{
    if (place.find_first_of(",:\\\"") != std::string::npos)
    {
        return false;
    }
    fs::create_directories(layer / "upper");
    fs::create_directories(layer / "work");

    struct stat status
    {
    };

    if (stat(place.c_str(), &status) == 0)
    {
        chmod((layer / "upper").c_str(), status.st_mode & 07777);
    }
    const std::string options = fmt::format("lowerdir={},upperdir={},workdir={}",
                                            place,
                                            (layer / "upper").string(),
                                            (layer / "work").string());
    return mount("overlay", target.c_str(), "overlay", 0, options.c_str()) == 0;
}

void
ShowFiles(const fs::path& layers, const fs::path& root)
{
    int number = 0;
    for (const std::string& place : FilePlaces())
    {
        const fs::path target = place == "/" ? root : fs::path(root.string() + place);

        struct stat status
        {
        };

        struct stat there
        {
        };

        if (stat(place.c_str(), &status) != 0 || stat(target.c_str(), &there) != 0)
        {
            continue;
        }
        const bool isFolder = S_ISDIR(status.st_mode);
        if (!isFolder || !ShowLayered(place, layers / std::to_string(number++), target))
        {
            if (place == "/")
            {
                ThrowErrno("cannot lay a layer over the machine's files (overlay)");
            }
            ShowReadOnly(place, target);
        }
    }
}

void
MakeDevices(const fs::path& dev)
{
    Mount("tmpfs", dev, "tmpfs", MS_NOSUID, "mode=755");
    fs::create_directory(dev / "shm");
    fs::create_directory(dev / "pts");
    fs::create_directory(dev / "net");
    for (const char* name : {"null", "zero", "full", "random", "urandom", "tty", "net/tun"})
    {
        const fs::path target = dev / name;
        const Descriptor place(open(target.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
        Mount((std::string("/dev/") + name).c_str(), target, nullptr, MS_BIND);
    }
    Mount("tmpfs", dev / "shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
    Mount("devpts", dev / "pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666");
    fs::create_symlink("pts/ptmx", dev / "ptmx");
    fs::create_symlink("/proc/self/fd", dev / "fd");
    fs::create_symlink("/proc/self/fd/0", dev / "stdin");
    fs::create_symlink("/proc/self/fd/1", dev / "stdout");
    fs::create_symlink("/proc/self/fd/2", dev / "stderr");
}

void
WriteText(const fs::path& path, const std::string& text)
{
    // The machine's may be a link into a place that is not here.
    std::error_code ignored;
    fs::remove(path, ignored);
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file)
    {
        throw LiveError(fmt::format("cannot write {} of a sandbox", path.filename().string()));
    }
}

/// Kernel and host may have mounted these files one by one: then the names below them are taken.
void
WriteTexts(const fs::path& root, const RootTexts& texts)
{
    const fs::path etc = root / "etc";
    for (const char* name : {"hostname", "hosts", "resolv.conf"})
    {
        umount2((etc / name).c_str(), MNT_DETACH);
    }
    WriteText(etc / "hostname", texts.hostname + "\n");
    WriteText(etc / "hosts", texts.hosts);
    WriteText(etc / "resolv.conf", "# no name server\n");
}

} // namespace

void
EnterPrivatePlace()
{
    if (unshare(CLONE_NEWNS) != 0)
    {
        ThrowErrno("cannot have mounts of its own");
    }
    Mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
    Mount("tmpfs", PRIVATE_PLACE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755");
}

void
EnterPrivateRoot(const fs::path& layers, const fs::path& shared, const RootTexts& texts)
{
    const fs::path root = layers / "root";
    fs::create_directories(root);
    ShowFiles(layers, root);
    WriteTexts(root, texts);
    Mount("proc", root / "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
    if (mount("sysfs", (root / "sys").c_str(), "sysfs", MS_RDONLY, nullptr) != 0)
    {
        Mount("tmpfs", root / "sys", "tmpfs", MS_RDONLY);
    }
    MakeDevices(root / "dev");
    Mount("tmpfs", root / "run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755");
    const fs::path share = root.string() + SHARED_FOLDER;
    fs::create_directories(share);
    fs::create_directories(root / "run/lock");
    Mount(shared.c_str(), share, nullptr, MS_BIND);

    if (chdir(root.c_str()) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
        umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
    {
        ThrowErrno("cannot change the root");
    }
}

} // namespace bouncelab::live
