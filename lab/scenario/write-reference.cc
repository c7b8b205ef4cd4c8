// Writes what is generated from the field tables: write-reference ROOT

#include "lab/scenario/reference.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

int
main(int argc, char** argv)
{
    if (argc != 2)
    {
        std::fprintf(stderr, "usage: write-reference ROOT\n");
        return 2;
    }
    for (const auto& [path, text] : bouncelab::scenario::ReferenceFiles())
    {
        const std::filesystem::path file = std::filesystem::path(argv[1]) / path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream out(file, std::ios::binary);
        out << text;
        out.close();
        if (!out)
        {
            std::fprintf(stderr, "%s: cannot be written\n", file.c_str());
            return 4;
        }
        std::printf("%s\n", file.c_str());
    }
    return 0;
}
