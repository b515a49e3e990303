#include "hadronforce/storage/file.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace hadronforce {
namespace {

// Rank 0 looks before all ranks open, so that the message can say what is wrong.
void check_readable(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw InputError(path + ": cannot be opened (" + std::strerror(errno) + "); check the name");
    if (H5Fis_hdf5(path.c_str()) > 0) return;
    file.seekg(0, std::ios::end);
    throw InputError(path + (file.tellg() == 0 ? ": is empty; write it again"
                                               : ": is not an HDF5 file; give one that hadronforce wrote"));
}

void check_writable(std::string const& path) {
    std::FILE* const file = std::fopen(path.c_str(), "ab");
    if (file != nullptr) {
        std::fclose(file);
        return;
    }
    int const reason = errno;
    std::string const message = path + ": cannot be written (" + std::strerror(reason) + ")";
    if (reason == ENOENT || reason == ENOTDIR || reason == EISDIR)
        throw InputError(message + "; make its directory or change the name");
    if (reason == EACCES || reason == EROFS) throw InputError(message + "; choose a place where you may write");
    throw std::runtime_error(message);
}

}  // namespace

File::File(Communicator const& comm, std::string path, Mode mode) : comm_(&comm), path_(std::move(path)) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    agree_on_root(comm, [&] {
        if (mode == Mode::create)
            check_writable(path_);
        else
            check_readable(path_);
    });
    hdf5::PropertyList const access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_fapl_mpio(access.get(), comm.handle(), MPI_INFO_NULL);
    H5Pset_all_coll_metadata_ops(access.get(), true);
    H5Pset_coll_metadata_write(access.get(), true);
    if (mode == Mode::create)
        id_ = H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get());
    else
        id_ = H5Fopen(path_.c_str(), mode == Mode::read ? H5F_ACC_RDONLY : H5F_ACC_RDWR, access.get());
    agree(id_ >= 0, "", mode == Mode::create ? "cannot be created" : "is truncated or damaged; write it again",
          mode != Mode::create);
}

// Closing is collective, and a rank that unwinds is alone.
File::~File() = default;

void File::close() {
    bool const ok = H5Fclose(std::exchange(id_, H5I_INVALID_HID)) >= 0;
    agree(ok, "", "could not be written out; is the disk full?", false);
}

void File::flush() {
    agree(H5Fflush(id_, H5F_SCOPE_GLOBAL) >= 0, "", "could not be written out; is the disk full?", false);
}

void File::agree(bool ok, std::string const& name, std::string const& what, bool is_input_error) const {
    std::optional<Failure> failure;
    if (!ok) failure = Failure{path_ + (name.empty() ? "" : ":" + name) + ": " + what, is_input_error};
    throw_if_any_failed(*comm_, failure);
}

void publish(Communicator const& comm, std::string const& from, std::string const& to) {
    agree_on_root(comm, [&] {
        int const descriptor = ::open(from.c_str(), O_RDONLY);
        bool const ok = descriptor >= 0 && ::fsync(descriptor) == 0 && std::rename(from.c_str(), to.c_str()) == 0;
        int const reason = errno;
        if (descriptor >= 0) ::close(descriptor);
        if (!ok) throw std::runtime_error(from + ": cannot be renamed to " + to + " (" + std::strerror(reason) + ")");
    });
}

}  // namespace hadronforce
