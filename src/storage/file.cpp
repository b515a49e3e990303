#include "hadronforce/storage/file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/file_identity.hpp"
#include "storage/crash_guard.hpp"
#include "storage/disk_space.hpp"
#include "storage/global_heap.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace hadronforce {
namespace {

/// Room kept beyond what is there for HDF5's own bookkeeping.
constexpr std::int64_t headroom_bytes = 64 * 1024;
constexpr double patience_s = 10.0;

hid_t opened(Communicator const& comm, std::string const& path, unsigned flags, hid_t access) {
    CrashGuard const guard(comm, path);
    return H5Fopen(path.c_str(), flags, access);
}

// Rank 0 looks before all ranks open, so that the message can say what is wrong.
void check_readable(Communicator const& comm, std::string const& path) {
    std::error_code unknown;
    if (std::filesystem::exists(path, unknown) && !std::filesystem::is_regular_file(path, unknown))
        throw InputError(path + ": is no file that HDF5 can read; give the name of a regular file");
    std::ifstream file(path, std::ios::binary);
    if (!file) throw InputError(path + ": cannot be opened (" + std::strerror(errno) + "); check the name");
    bool const is_hdf5 = [&] {
        CrashGuard const guard(comm, path);
        return H5Fis_hdf5(path.c_str()) > 0;
    }();
    if (is_hdf5) {
        if (global_heaps_are_sound(path)) return;
        throw InputError(path + ": is damaged so that HDF5 cannot read it; write it again");
    }
    file.seekg(0, std::ios::end);
    throw InputError(path + (file.tellg() == 0 ? ": is empty; write it again"
                                               : ": is not an HDF5 file; give one that hadronforce wrote"));
}

void check_writable(std::string const& path) {
    bool const was_there = ::access(path.c_str(), F_OK) == 0;
    std::FILE* const file = std::fopen(path.c_str(), "ab");
    if (file != nullptr) {
        std::fclose(file);
        // HDF5 cannot close a file whose first bytes it cannot write.
        if (auto const failure = failure_of([&] { reserve_disk_space(path, headroom_bytes); })) {
            if (!was_there) std::remove(path.c_str());
            throw std::runtime_error(failure->message);
        }
        return;
    }
    throw_cannot_be_written(path, errno);
}

/// The file's content and length, or a directory's names.
void write_to_disk(std::string const& path) {
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    bool const ok = descriptor >= 0 && (::fsync(descriptor) == 0 || errno == EINVAL);
    int const reason = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!ok) throw std::runtime_error(path + ": cannot be written to the disk (" + std::strerror(reason) + ")");
}

void keep_permissions(std::string const& file, std::string const& of) {
    struct stat old = {}, now = {};
    if (::stat(of.c_str(), &old) != 0 || ::stat(file.c_str(), &now) != 0) return;
    bool const same_owner = old.st_uid == now.st_uid && old.st_gid == now.st_gid;
    if (!same_owner && ::chown(file.c_str(), old.st_uid, old.st_gid) != 0) return;
    ::chmod(file.c_str(), old.st_mode & 07777);
}

}  // namespace

File::File(Communicator const& comm, std::string path, Mode mode) : comm_(&comm), path_(std::move(path)), mode_(mode) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    agree_on_root(comm, [&] {
        if (mode == Mode::create)
            check_writable(path_);
        else
            check_readable(comm, path_);
    });
    hdf5::PropertyList const access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_fapl_mpio(access.get(), comm.handle(), MPI_INFO_NULL);
    H5Pset_all_coll_metadata_ops(access.get(), true);
    H5Pset_coll_metadata_write(access.get(), true);
    // Of metadata written so HDF5 keeps checksums.
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_LATEST);
    if (mode == Mode::create)
        id_ = H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get());
    else
        id_ = opened(comm, path_, mode == Mode::read ? H5F_ACC_RDONLY : H5F_ACC_RDWR, access.get());
    agree(id_ >= 0, "", mode == Mode::create ? "cannot be created" : "is truncated or damaged; write it again",
          mode != Mode::create);
    if (mode == Mode::create) reserve(0);
}

// Closing is collective, and a rank that unwinds is alone.
File::~File() = default;

void File::close() {
    if (mode_ != Mode::read) flush();
    bool const ok = H5Fclose(std::exchange(id_, H5I_INVALID_HID)) >= 0;
    agree(ok, "", "could not be closed", false);
}

void File::flush() {
    agree(H5Fflush(id_, H5F_SCOPE_GLOBAL) >= 0, "", "could not be written out", false);
    agree_on_root(*comm_, [&] { write_to_disk(path_); });
    was_flushed_ = true;
}

void File::reserve(std::int64_t more_bytes) {
    auto const failure = failure_of([&] {
        agree_on_root(*comm_, [&] {
            // HDF5 knows the size only until the first rows are written.
            hsize_t bytes = 0;
            H5Fget_filesize(id_, &bytes);
            expected_bytes_ = std::max(expected_bytes_, static_cast<std::int64_t>(bytes)) + more_bytes;
            reserve_disk_space(path_, expected_bytes_ + headroom_bytes);
        });
    });
    if (!failure) return;
    if (mode_ == Mode::create && !was_flushed_) {
        H5Fclose(std::exchange(id_, H5I_INVALID_HID));
        if (comm_->is_root()) std::remove(path_.c_str());
    }
    throw std::runtime_error(failure->message);
}

void File::agree(bool ok, std::string const& name, std::string const& what, bool is_input_error) const {
    std::optional<Failure> failure;
    if (!ok) {
        std::string const disk = is_input_error ? "" : " (" + free_disk_space(path_) + ")";
        failure = Failure{path_ + (name.empty() ? "" : ":" + name) + ": " + what + disk, is_input_error};
    }
    // A write that fails on one rank may leave the others inside HDF5's collective call.
    throw_if_any_failed(*comm_, failure, patience_s);
}

bool file_exists(Communicator const& comm, std::string const& path) {
    return comm.max(std::int64_t{comm.is_root() && ::access(path.c_str(), F_OK) == 0 ? 1 : 0}) != 0;
}

void throw_cannot_be_written(std::string const& path, int error) {
    std::string const message = path + ": cannot be written (" + std::strerror(error) + ")";
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            throw InputError(message + "; make its directory or change the name");
        case EISDIR:
        case ELOOP:
        case ENAMETOOLONG:
        case EINVAL:
            throw InputError(message + "; change the name");
        case EACCES:
        case EPERM:
        case EROFS:
            throw InputError(message + "; choose a place where you may write");
        case ENOSPC:
        case EDQUOT:
            throw std::runtime_error(message + "; make room or choose another disk");
        case EFBIG:
            throw std::runtime_error(message + "; raise the limit on the size of files (ulimit -f)");
        default:
            throw std::runtime_error(message);
    }
}

void publish(Communicator const& comm, std::string const& from, std::string const& to) {
    agree_on_root(comm, [&] {
        std::string const target = followed(to);
        keep_permissions(from, target);
        write_to_disk(from);
        if (std::rename(from.c_str(), target.c_str()) != 0)
            throw std::runtime_error(from + ": cannot be renamed to " + target + " (" + std::strerror(errno) + ")");
        auto const slash = target.rfind('/');
        write_to_disk(slash == std::string::npos ? "." : target.substr(0, slash + 1));
    });
}

}  // namespace hadronforce
