#include "hadronforce/storage/file_identity.hpp"

#include "hadronforce/error.hpp"

#include <sys/stat.h>

#include <filesystem>

namespace hadronforce {

namespace fs = std::filesystem;

FileIdentity identity_of_file(std::string const& path) {
    struct stat file = {};
    if (::stat(path.c_str(), &file) == 0) return {file.st_dev, file.st_ino, ""};
    fs::path const target = followed(path);
    auto const folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
    if (::stat(folder.c_str(), &file) != 0) return {0, 0, target.lexically_normal().string()};
    return {file.st_dev, file.st_ino, target.filename().string()};
}

std::string followed(std::string const& path) {
    constexpr int most_links = 40;  // as the kernel's
    fs::path target = path;
    std::error_code none;
    for (int i = 0; fs::is_symlink(fs::symlink_status(target, none)); ++i) {
        if (i == most_links) throw InputError(path + ": is a link that leads to itself; remove it or change the name");
        auto const next = fs::read_symlink(target, none);
        if (none) break;
        target = target.parent_path() / next;
    }
    return target.string();
}

bool is_pipe_or_device(std::string const& path) {
    struct stat file = {};
    return ::stat(path.c_str(), &file) == 0 && !S_ISREG(file.st_mode) && !S_ISDIR(file.st_mode);
}

}  // namespace hadronforce
