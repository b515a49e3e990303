#include "storage/lock_record.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>

namespace hadronforce {
namespace {

std::string first_line(std::string const& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string environment(char const* name) {
    char const* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// Field 22 of /proc/PID/stat, counted behind the name, which may hold anything but ends with the last ')'. Empty where
/// there is no such process, or it has ended and only waits to be asked how.
std::string start_of(std::string const& process) {
    std::string const line = first_line("/proc/" + process + "/stat");
    auto const name_end = line.rfind(')');
    if (name_end == std::string::npos) return "";
    std::istringstream fields(line.substr(name_end + 1));
    std::istream_iterator<std::string> field(fields);
    if (*field == "Z" || *field == "X") return "";
    for (int i = 3; i < 22 && field != std::istream_iterator<std::string>(); ++i) ++field;
    return field == std::istream_iterator<std::string>() ? "" : *field;
}

struct Field {
    char const* name;
    std::string LockRecord::*value;
};

constexpr Field fields[] = {{"host", &LockRecord::host},       {"boot", &LockRecord::boot},
                            {"process", &LockRecord::process}, {"started", &LockRecord::started},
                            {"job", &LockRecord::job},         {"restart", &LockRecord::restart},
                            {"step", &LockRecord::step},       {"since", &LockRecord::since}};

}  // namespace

LockRecord LockRecord::own() {
    LockRecord record;
    char host[256] = {};
    ::gethostname(host, sizeof host - 1);
    record.host = host;
    record.boot = first_line("/proc/sys/kernel/random/boot_id");
    record.process = std::to_string(::getpid());
    record.started = start_of(record.process);
    for (char const* name : {"SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID"})
        if (record.job.empty()) record.job = environment(name);
    record.restart = environment("SLURM_RESTART_COUNT");
    record.step = environment("SLURM_STEP_ID");
    record.since = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
    return record;
}

LockRecord LockRecord::from_text(std::string const& text) {
    LockRecord record;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        for (auto const& [name, value] : fields)
            if (std::string const start = std::string(name) + ": "; line.rfind(start, 0) == 0)
                record.*value = line.substr(start.size());
    return record;
}

std::string LockRecord::text() const {
    std::string text = "hadronforce: a run writes the file of this name; remove the lock only where that run is gone\n";
    for (auto const& [name, value] : fields) text += fmt::format("{}: {}\n", name, this->*value);
    return text;
}

std::string LockRecord::id() const {
    std::string safe = host.substr(0, 32);
    for (char& c : safe)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    return safe + "-" + process;
}

std::string LockRecord::described() const {
    return fmt::format("process {} on {}{}, since {}", process, host, job.empty() ? "" : ", job " + job, since);
}

bool LockRecord::is_of_this_boot() const { return !boot.empty() && boot == own().boot; }

bool LockRecord::process_lives() const {
    auto const start = start_of(process);
    return !start.empty() && start == started;
}

bool LockRecord::is_stale() const {
    if (is_of_this_boot()) return !process_lives();
    auto const mine = own();
    if (host == mine.host) return true;
    auto const count = [](std::string const& text) { return std::strtol(text.c_str(), nullptr, 10); };
    return !job.empty() && job == mine.job && count(restart) < count(mine.restart);
}

}  // namespace hadronforce
