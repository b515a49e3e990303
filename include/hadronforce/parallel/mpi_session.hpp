#pragma once

namespace hadronforce {

/// Starts MPI for the life of `main` and ends it. While an exception unwinds it does not finalise: the other ranks
/// would not follow, and nobody would see the message; `main` prints it and aborts.
class MpiSession {
  public:
    MpiSession(int& argc, char**& argv);
    ~MpiSession();
    MpiSession(MpiSession const&) = delete;
    MpiSession& operator=(MpiSession const&) = delete;
};

}  // namespace hadronforce
