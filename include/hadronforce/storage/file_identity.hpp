#pragma once

#include <sys/types.h>

#include <string>
#include <tuple>

namespace hadronforce {

/// Which file a name means, however it is spelled: the file's inode, or its folder's and its name where it is not
/// there.
struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;
    std::string name;  ///< empty for a file that is there

    friend bool operator==(FileIdentity const& a, FileIdentity const& b) {
        return std::tie(a.device, a.inode, a.name) == std::tie(b.device, b.inode, b.name);
    }
};

/// Not collective. Symbolic links are followed. Where the folder is not there either, its name is all there is.
FileIdentity identity_of_file(std::string const& path);

/// Not collective. What a symbolic link names in the end, there or not; `path` itself where it is none. Throws
/// InputError for links in a circle.
std::string followed(std::string const& path);

/// Not collective. Whether something that is no regular file and no folder is there: a pipe, a device, a socket.
bool is_pipe_or_device(std::string const& path);

}  // namespace hadronforce
