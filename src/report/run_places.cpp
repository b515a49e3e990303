#include "hadronforce/report/run_places.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/parallel/agreement.hpp"
#include "hadronforce/storage/file.hpp"
#include "hadronforce/storage/file_identity.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace hadronforce {
namespace {

using Output = RunFiles::Output;

/// What a run may write beside an output.
constexpr char const* companions[] = {"", ".lock", ".checkpoint", ".part", ".part.new"};

/// Puts the key in front of what is wrong with an output.
void naming(Output const& output, std::function<void()> const& work) {
    try {
        work();
    } catch (InputError const& error) {
        throw InputError(output.key + ": " + error.what());
    }
}

bool goes_to_open_stream(std::string const& path) {
    struct stat output = {}, stream = {};
    if (::stat(path.c_str(), &output) != 0 || !S_ISREG(output.st_mode)) return false;
    for (int descriptor : {STDOUT_FILENO, STDERR_FILENO})
        if (::fstat(descriptor, &stream) == 0 && stream.st_dev == output.st_dev && stream.st_ino == output.st_ino)
            return true;
    return false;
}

/// Makes and removes a temporary file, which finds out what permissions do not tell: a file system that is full, has no
/// file left to give or may only be read, a name that is too long.
void try_to_write(std::string const& path) {
    std::string const temporary = temporary_name(followed(path));
    int const descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) throw_cannot_be_written(path, errno);
    bool const written = ::write(descriptor, "?", 1) == 1;
    int const error = errno;
    ::close(descriptor);
    std::remove(temporary.c_str());
    if (!written) throw_cannot_be_written(path, error);
}

void check_place(Output const& output) {
    std::string const& path = output.path;
    if (std::error_code unknown; std::filesystem::is_directory(path, unknown) || path.back() == '/')
        throw InputError(path + ": is a directory; give the name of a file");
    struct stat file = {};
    if (::stat(path.c_str(), &file) == 0 && (S_ISBLK(file.st_mode) || S_ISSOCK(file.st_mode)))
        throw InputError(path + ": is a disk or a socket; give the name of a file");
    if (is_pipe_or_device(path) && output.kind == OutputKind::hdf5)
        throw InputError(path + ": is a pipe or a device, which an HDF5 file cannot be; give the name of a file");
    if (::access(path.c_str(), W_OK) != 0 && errno != ENOENT) throw_cannot_be_written(path, errno);
    if (goes_to_open_stream(path))
        throw InputError(path + ": is where standard output goes; redirect it elsewhere or change the name");
    if (!is_pipe_or_device(path)) try_to_write(path);
}

void check_overlaps(RunFiles const& files) {
    struct Place {
        FileIdentity identity;
        std::string path;
        Output const* output;
    };
    std::vector<Place> places;
    for (auto const& output : files.outputs) {
        if (is_pipe_or_device(output.path)) continue;
        for (char const* ending : companions) {
            std::string const path = followed(output.path) + ending;
            Place const place{identity_of_file(path), *ending == '\0' ? output.path : path, &output};
            for (auto const& other : places)
                if (other.identity == place.identity && other.output != &output)
                    throw InputError(fmt::format("{} is {}, which {} needs too; give each a name of its own",
                                                 output.key, place.path, other.output->key));
            places.push_back(place);
        }
    }
    for (auto const& input : files.inputs) {
        auto const identity = identity_of_file(input);
        for (auto const& place : places)
            if (place.identity == identity)
                throw InputError(fmt::format("{} would overwrite {}, which this run reads; change the name",
                                             place.output->key, input));
    }
}

}  // namespace

void check_places(Communicator const& comm, RunFiles const& files) {
    agree_on_root(comm, [&] {
        check_overlaps(files);
        for (auto const& output : files.outputs) naming(output, [&] { check_place(output); });
    });
}

OutputLocks lock_outputs(Communicator const& comm, RunFiles const& files) {
    OutputLocks locks;
    agree_on_root(comm, [&] {
        // In one order for all runs, so that of several that share outputs one gets them all.
        std::map<std::filesystem::path, Output const*> ordered;
        for (auto const& output : files.outputs)
            if (!is_pipe_or_device(output.path))
                ordered[std::filesystem::weakly_canonical(followed(output.path))] = &output;
        for (auto const& [place, output] : ordered)
            naming(*output, [&, o = output] { locks.emplace_back(followed(o->path)); });
    });
    return locks;
}

}  // namespace hadronforce
