#include "hadronforce/parallel/mpi_session.hpp"

#include <mpi.h>

#include <cstdlib>
#include <exception>

#if defined(__SANITIZE_ADDRESS__)
// OpenMPI leaks inside plug-ins that it unloads; they stay, so that the leak checker can name them (tools/lsan.supp).
extern "C" int dlclose(void*) noexcept { return 0; }
#endif

namespace hadronforce {

MpiSession::MpiSession(int& argc, char**& argv) {
#if defined(OMPI_MAJOR_VERSION) && OMPI_MAJOR_VERSION == 4
    // OpenMPI's own file layer loses a failed write on three ranks and more (4.1.4, measured on a full disk), and is
    // slower.
    setenv("OMPI_MCA_io", "romio321", 0);
    // Without a launcher OpenMPI starts one of its own, for processes that we never spawn: 0.15 s.
    setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    // All such processes of a user share one session folder, which the first to end takes from under one that starts.
    if (std::getenv("PMIX_NAMESPACE") == nullptr) setenv("OMPI_MCA_orte_create_session_dirs", "0", 0);
#endif
    int provided = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
}

MpiSession::~MpiSession() {
    if (std::uncaught_exceptions() == 0) MPI_Finalize();
}

}  // namespace hadronforce
