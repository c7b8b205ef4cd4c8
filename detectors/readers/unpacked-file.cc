#include "detectors/readers/unpacked-file.h"

#include "detectors/readers/mail-parts.h"

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace bouncelab::detectors
{

namespace
{

constexpr std::uint64_t LEAST_OUTPUT = 4 << 20;
constexpr std::uint64_t MOST_RATIO = 20;
constexpr std::uint64_t MOST_DECODER_MEMORY = 32 << 20;
constexpr int LARGEST_WINDOW_LOG = 25;

struct Step
{
    std::size_t taken = 0;
    std::size_t given = 0;
    bool good = true;
};

/// One kind of compression.
class Codec
{
  public:
    virtual ~Codec() = default;
    /// Unpacks as much as fits; `good` is false where the bytes are damaged.
    virtual Step Unpack(const std::uint8_t* in,
                        std::size_t size,
                        std::uint8_t* out,
                        std::size_t room) = 0;
};

class Gzip : public Codec
{
  public:
    Gzip() { m_ready = inflateInit2(&m_stream, 15 + 16) == Z_OK; }

    ~Gzip() override { inflateEnd(&m_stream); }

    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;

    Step Unpack(const std::uint8_t* in,
                std::size_t size,
                std::uint8_t* out,
                std::size_t room) override
    {
        if (m_ended && size > 0)
        {
            m_ready = inflateReset(&m_stream) == Z_OK;
            m_ended = false;
        }
        m_stream.next_in = const_cast<std::uint8_t*>(in);
        m_stream.avail_in = static_cast<uInt>(size);
        m_stream.next_out = out;
        m_stream.avail_out = static_cast<uInt>(room);
        const int status = m_ready ? inflate(&m_stream, Z_NO_FLUSH) : Z_MEM_ERROR;
        m_ended = status == Z_STREAM_END;
        return {size - m_stream.avail_in,
                room - m_stream.avail_out,
                status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR};
    }

  private:
    z_stream m_stream{};
    bool m_ready = false;
    bool m_ended = false;
};

class Xz : public Codec
{
  public:
    Xz()
    {
        m_ready = lzma_stream_decoder(&m_stream, MOST_DECODER_MEMORY, LZMA_CONCATENATED) == LZMA_OK;
    }

    ~Xz() override { lzma_end(&m_stream); }

    Xz(const Xz&) = delete;
    Xz& operator=(const Xz&) = delete;

    Step Unpack(const std::uint8_t* in,
                std::size_t size,
                std::uint8_t* out,
                std::size_t room) override
    {
        m_stream.next_in = in;
        m_stream.avail_in = size;
        m_stream.next_out = out;
        m_stream.avail_out = room;
        const lzma_ret status =
            m_ready ? lzma_code(&m_stream, size == 0 ? LZMA_FINISH : LZMA_RUN) : LZMA_MEM_ERROR;
        return {size - m_stream.avail_in,
                room - m_stream.avail_out,
                status == LZMA_OK || status == LZMA_STREAM_END || status == LZMA_BUF_ERROR};
    }

  private:
    lzma_stream m_stream = LZMA_STREAM_INIT;
    bool m_ready = false;
};

class Zstd : public Codec
{
  public:
    Zstd()
        : m_context(ZSTD_createDCtx())
    {
        ZSTD_DCtx_setParameter(m_context, ZSTD_d_windowLogMax, LARGEST_WINDOW_LOG);
    }

    ~Zstd() override { ZSTD_freeDCtx(m_context); }

    Zstd(const Zstd&) = delete;
    Zstd& operator=(const Zstd&) = delete;

    Step Unpack(const std::uint8_t* in,
                std::size_t size,
                std::uint8_t* out,
                std::size_t room) override
    {
        ZSTD_inBuffer input{in, size, 0};
        ZSTD_outBuffer output{out, room, 0};
        const std::size_t status = ZSTD_decompressStream(m_context, &output, &input);
        return {input.pos, output.pos, ZSTD_isError(status) == 0};
    }

  private:
    ZSTD_DCtx* m_context;
};

/// No compression: the encodings of a mail's texts.
class MailParts : public Codec
{
  public:
    Step Unpack(const std::uint8_t* in,
                std::size_t size,
                std::uint8_t* out,
                std::size_t room) override
    {
        Step step;
        if (m_at == m_decoded.size())
        {
            m_decoded.clear();
            m_at = 0;
            size > 0 ? m_decoder.Take({reinterpret_cast<const char*>(in), size}, m_decoded)
                     : m_decoder.Finish(m_decoded);
            step.taken = size;
        }
        step.given = std::min(room, m_decoded.size() - m_at);
        std::memcpy(out, m_decoded.data() + m_at, step.given);
        m_at += step.given;
        return step;
    }

  private:
    MailPartDecoder m_decoder;
    std::string m_decoded;
    std::size_t m_at = 0;
};

/// The state behind a FILE that unpacks.
struct Cookie
{
    std::FILE* file;
    std::string_view packing;
    std::uint64_t most;
    std::shared_ptr<UnpackProgress> progress = std::make_shared<UnpackProgress>();
    std::unique_ptr<Codec> codec;
    std::array<std::uint8_t, 64 << 10> input{};
    std::size_t at = 0;
    std::size_t end = 0;

    void Begin()
    {
        std::rewind(file);
        *progress = UnpackProgress();
        at = end = 0;
        if (packing == "gzip")
        {
            codec = std::make_unique<Gzip>();
        }
        else if (packing == "xz")
        {
            codec = std::make_unique<Xz>();
        }
        else if (packing == "zstd")
        {
            codec = std::make_unique<Zstd>();
        }
        else
        {
            codec = std::make_unique<MailParts>();
        }
    }
};

ssize_t
ReadCookie(void* state, char* out, std::size_t room)
{
    Cookie& cookie = *static_cast<Cookie*>(state);
    UnpackProgress& progress = *cookie.progress;
    bool isOver = false;
    while (room > 0 && !progress.damaged && !progress.cut)
    {
        if (cookie.at == cookie.end && !isOver)
        {
            cookie.at = 0;
            cookie.end = std::fread(cookie.input.data(), 1, cookie.input.size(), cookie.file);
            isOver = cookie.end == 0;
        }
        const Step step = cookie.codec->Unpack(cookie.input.data() + cookie.at,
                                               cookie.end - cookie.at,
                                               reinterpret_cast<std::uint8_t*>(out),
                                               room);
        cookie.at += step.taken;
        progress.bytes += step.given;
        progress.damaged = !step.good;
        progress.cut = progress.bytes > cookie.most;
        if (step.given > 0)
        {
            return static_cast<ssize_t>(step.given);
        }
        if (isOver)
        {
            break;
        }
    }
    return 0;
}

int
SeekCookie(void* state, off64_t* offset, int whence)
{
    if (*offset != 0 || whence != SEEK_SET)
    {
        return -1;
    }
    static_cast<Cookie*>(state)->Begin();
    return 0;
}

int
CloseCookie(void* state)
{
    const std::unique_ptr<Cookie> cookie(static_cast<Cookie*>(state));
    return std::fclose(cookie->file);
}

std::string_view
PackingOf(std::FILE* file)
{
    std::array<char, 16 << 10> head{};
    const std::string_view bytes(head.data(), std::fread(head.data(), 1, head.size(), file));
    std::rewind(file);
    using namespace std::string_view_literals;
    const auto begins = [&](std::string_view magic)
    { return bytes.substr(0, magic.size()) == magic; };
    return begins("\x1F\x8B\x08"sv) ? "gzip"
           : begins("\xFD"
                    "7zXZ\0"sv)
               ? "xz"
           : begins("\x28\xB5\x2F\xFD"sv) ? "zstd"
           : IsEncodedMail(bytes)         ? "a mail's encoding"
                                          : "";
}

} // namespace

UnpackedFile
OpenUnpacked(std::FILE* file)
{
    const std::string_view packing = PackingOf(file);
    if (packing.empty())
    {
        return {file, packing, nullptr};
    }
    std::fseek(file, 0, SEEK_END);
    const long size = std::ftell(file);
    auto cookie = std::make_unique<Cookie>();
    cookie->file = file;
    cookie->packing = packing;
    cookie->most = LEAST_OUTPUT + MOST_RATIO * static_cast<std::uint64_t>(std::max(size, 0L));
    cookie->Begin();
    const std::shared_ptr<UnpackProgress> progress = cookie->progress;
    std::FILE* const unpacked =
        fopencookie(cookie.get(), "rb", {ReadCookie, nullptr, SeekCookie, CloseCookie});
    if (!unpacked)
    {
        return {file, "", nullptr};
    }
    cookie.release();
    return {unpacked, packing, progress};
}

} // namespace bouncelab::detectors
