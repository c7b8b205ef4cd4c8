#include "formats/machine-error.h"
#include "lab/matrix/sweep-files.h"
#include "lab/matrix/sweep-table.h"
#include "lab/scenario/scalar-text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <limits>

namespace bouncelab::matrix
{

namespace
{

namespace fs = std::filesystem;

/// Reads a CSV file record by record; one may go over several lines.
class CsvReader
{
  public:
    explicit CsvReader(const fs::path& path)
        : m_file(path, std::ios::binary)
    {
        if (!m_file)
        {
            throw MachineError::FromErrno("cannot read " + path.string());
        }
    }

    bool Next(std::vector<std::string>& fields)
    {
        std::string record;
        std::string line;
        while (std::getline(m_file, line))
        {
            record += line + "\n";
            if (std::count(record.begin(), record.end(), '"') % 2 == 0)
            {
                std::size_t at = 0;
                fields = CsvRecord(record, at);
                return true;
            }
        }
        return false;
    }

  private:
    std::ifstream m_file;
};

class Database
{
  public:
    explicit Database(const fs::path& path)
        : m_path(path)
    {
        Check(sqlite3_open(path.c_str(), &m_handle));
    }

    ~Database()
    {
        sqlite3_finalize(m_insert);
        sqlite3_close(m_handle);
    }

    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void Do(const std::string& statement)
    {
        Check(sqlite3_exec(m_handle, statement.c_str(), nullptr, nullptr, nullptr));
    }

    void CreateTable(const std::vector<std::string>& columns)
    {
        std::vector<std::string> names;
        for (const std::string& column : columns)
        {
            std::string quoted = "\"";
            for (const char c : column)
            {
                quoted += c == '"' ? "\"\"" : std::string(1, c);
            }
            names.push_back(quoted + "\"");
        }
        Do(fmt::format("CREATE TABLE results ({})", fmt::join(names, ", ")));
        std::string marks = "?";
        for (std::size_t i = 1; i < columns.size(); ++i)
        {
            marks += ",?";
        }
        Check(sqlite3_prepare_v2(m_handle,
                                 ("INSERT INTO results VALUES (" + marks + ")").c_str(),
                                 -1,
                                 &m_insert,
                                 nullptr));
    }

    void Insert(const std::vector<std::string>& fields)
    {
        for (std::size_t i = 0; i < fields.size(); ++i)
        {
            Bind(static_cast<int>(i) + 1, fields[i]);
        }
        const int end = sqlite3_step(m_insert);
        Check(end == SQLITE_DONE ? SQLITE_OK : end);
        Check(sqlite3_reset(m_insert));
    }

  private:
    void Bind(int column, const std::string& field)
    {
        const auto whole = scenario::ParseWhole(field);
        constexpr auto MOST = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (field.empty())
        {
            Check(sqlite3_bind_null(m_insert, column));
        }
        else if (whole && field[0] != 'x' && field.find('x') == field.npos && whole->size <= MOST)
        {
            const auto size = static_cast<std::int64_t>(whole->size);
            Check(sqlite3_bind_int64(m_insert, column, whole->negative ? -size : size));
        }
        else if (const auto real = scenario::ParseReal(field); real && !whole)
        {
            Check(sqlite3_bind_double(m_insert, column, *real));
        }
        else
        {
            Check(sqlite3_bind_text(m_insert,
                                    column,
                                    field.data(),
                                    static_cast<int>(field.size()),
                                    SQLITE_TRANSIENT));
        }
    }

    void Check(int code) const
    {
        if (code != SQLITE_OK)
        {
            throw MachineError(
                fmt::format("cannot write {}: {}", m_path.string(), sqlite3_errmsg(m_handle)));
        }
    }

    fs::path m_path;
    sqlite3* m_handle = nullptr;
    sqlite3_stmt* m_insert = nullptr;
};

} // namespace

void
WriteSqlite(const fs::path& csv, const fs::path& sqlite)
{
    const fs::path part = sqlite.string() + ".part";
    fs::remove(part);
    {
        Database database(part);
        // The file is new and gets its name when it is whole.
        database.Do("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN");
        CsvReader reader(csv);
        std::vector<std::string> fields;
        reader.Next(fields);
        database.CreateTable(fields);
        while (reader.Next(fields))
        {
            database.Insert(fields);
        }
        database.Do("COMMIT");
    }
    fs::rename(part, sqlite);
}

} // namespace bouncelab::matrix
