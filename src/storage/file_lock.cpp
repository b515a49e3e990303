#include "hadronforce/storage/file_lock.hpp"

#include "hadronforce/error.hpp"
#include "hadronforce/storage/file.hpp"
#include "storage/lock_record.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <optional>
#include <thread>
#include <utility>

namespace hadronforce {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How long another run may take between creating its lock and telling who it is.
constexpr std::chrono::seconds patience{5};
constexpr milliseconds pause{20};

enum class SystemLock { mine, held, none };  // none: the file system has no such locks

class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    int get() const { return value_; }
    int release() { return std::exchange(value_, -1); }

  private:
    int value_;
};

SystemLock take_system_lock(int descriptor) {
    int result = 0;
    do result = ::flock(descriptor, LOCK_EX | LOCK_NB);
    while (result != 0 && errno == EINTR);
    if (result == 0) return SystemLock::mine;
    return errno == EWOULDBLOCK ? SystemLock::held : SystemLock::none;
}

bool is_at(int descriptor, std::string const& path) {
    struct stat open = {}, named = {};
    return ::fstat(descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
           open.st_ino == named.st_ino;
}

std::string text_of(int descriptor) {
    char text[4096];
    auto const length = ::pread(descriptor, text, sizeof text, 0);
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : "";
}

std::time_t age_s(int descriptor) {
    struct stat file = {};
    return ::fstat(descriptor, &file) == 0 ? std::time(nullptr) - file.st_mtime : 0;
}

void sign(int descriptor, std::string const& lock_path) {
    std::string const text = LockRecord::own().text();
    bool ok = ::ftruncate(descriptor, 0) == 0;
    for (std::size_t written = 0; ok && written < text.size();) {
        auto const count =
            ::pwrite(descriptor, text.data() + written, text.size() - written, static_cast<off_t>(written));
        ok = count > 0 || (count < 0 && errno == EINTR);
        written += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    if (!ok || (::fsync(descriptor) != 0 && errno != EINVAL)) throw_cannot_be_written(lock_path, errno);
}

/// Temporary files that a run which is gone left beside a file.
void remove_temporaries(std::string const& path, std::string const& id) {
    namespace fs = std::filesystem;
    fs::path const file = path;
    std::string const begin = file.filename().string() + ".", end = ".part." + id;
    std::error_code ignored;
    fs::directory_iterator const beside(file.has_parent_path() ? file.parent_path() : fs::path("."), ignored);
    for (auto const& entry : beside) {
        std::string const name = entry.path().filename().string();
        bool const is_own = name.size() + 1 >= begin.size() + end.size() && name.rfind(begin, 0) == 0 &&
                            name.compare(name.size() - end.size(), end.size(), end) == 0;
        if (is_own) fs::remove(entry.path(), ignored);
    }
}

[[noreturn]] void refuse(std::string const& path, LockRecord const& holder) {
    auto const mine = LockRecord::own();
    std::string message = path + ": is being written by another run";
    if (holder.is_complete()) message += " (" + holder.described() + ")";
    message += "; wait for it, or give each run an output of its own";
    bool const same_step = !mine.job.empty() && !mine.step.empty() && mine.job == holder.job &&
                           mine.step == holder.step && mine.restart == holder.restart;
    if (same_step)
        message += "; this job step started the program several times: do its ranks know of each other (srun --mpi)?";
    if (!holder.is_complete() || !holder.is_of_this_boot())
        message += "; if that run is gone, remove " + path + ".lock";
    throw InputError(message);
}

/// One try: the lock, or nothing where another run is about to take it or to leave it. Throws where one has it.
std::optional<int> try_to_lock(std::string const& path, std::string const& lock_path, bool last_try) {
    Descriptor created(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (created.get() >= 0) {
        auto const begin = Clock::now();
        // Whoever else opened it meanwhile lets go when it finds no record.
        while (take_system_lock(created.get()) == SystemLock::held && Clock::now() - begin < patience)
            std::this_thread::sleep_for(milliseconds(1));
        try {
            sign(created.get(), lock_path);
        } catch (...) {
            ::unlink(lock_path.c_str());
            throw;
        }
        return created.release();
    }
    if (errno != EEXIST) throw_cannot_be_written(path, errno);
    Descriptor found(::open(lock_path.c_str(), O_RDWR | O_CLOEXEC));
    if (found.get() < 0) {
        if (errno == ENOENT) return std::nullopt;
        refuse(path, {});  // of another user
    }
    SystemLock const system_lock = take_system_lock(found.get());
    if (!is_at(found.get(), lock_path)) return std::nullopt;
    std::string const text = text_of(found.get());
    auto const holder = LockRecord::from_text(text);
    bool const has_record = holder.is_complete();
    bool const stale = has_record ? holder.is_stale() : age_s(found.get()) >= patience.count();
    if (!has_record && !stale && !last_try) return std::nullopt;                     // just created
    if (system_lock == SystemLock::held && stale && !last_try) return std::nullopt;  // just being taken over
    if (system_lock == SystemLock::held || !stale) refuse(path, holder);
    sign(found.get(), lock_path);
    if (system_lock == SystemLock::none) {
        // Two may have taken it over at once: the one that signed last has it.
        std::this_thread::sleep_for(milliseconds(200));
        auto const now = LockRecord::from_text(text_of(found.get()));
        if (now.id() != LockRecord::own().id()) refuse(path, now);
    }
    if (has_record) remove_temporaries(path, holder.id());
    return found.release();
}

}  // namespace

FileLock::FileLock(std::string const& path) : lock_path_(path + ".lock") {
    auto const begin = Clock::now();
    while (true) {
        bool const last_try = Clock::now() - begin > patience;
        if (auto const descriptor = try_to_lock(path, lock_path_, last_try)) {
            descriptor_ = *descriptor;
            unfinished_ = std::make_unique<UnfinishedFile>(lock_path_);
            return;
        }
        if (last_try) refuse(path, {});
        std::this_thread::sleep_for(pause);
    }
}

FileLock::FileLock(FileLock&& other) noexcept
    : lock_path_(std::move(other.lock_path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      unfinished_(std::move(other.unfinished_)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(lock_path_, other.lock_path_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(unfinished_, other.unfinished_);
    return *this;
}

FileLock::~FileLock() {
    if (descriptor_ < 0) return;
    unfinished_.reset();
    if (is_at(descriptor_, lock_path_)) ::unlink(lock_path_.c_str());
    ::close(descriptor_);
}

std::string temporary_name(std::string const& path) { return path + ".part." + LockRecord::own().id(); }

}  // namespace hadronforce
