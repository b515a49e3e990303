# Helpers to declare the project's targets; flags hang on `hadronforce_flags`, which no installed target exports.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # What was compiled in one clone serves the next: paths inside the project and the folder of the build do not count.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${CCACHE_PROGRAM}")
endif()

add_library(hadronforce_flags INTERFACE)
target_compile_features(hadronforce_flags INTERFACE cxx_std_17)
target_compile_options(hadronforce_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wno-sign-conversion -Wno-psabi
  # GCC 12 warns inside its own AVX-512 intrinsics (bug 105593)
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-uninitialized>
  # `#pragma GCC ivdep`, a hint that others need not take
  $<$<NOT:$<CXX_COMPILER_ID:GNU>>:-Wno-unknown-pragmas>)
if(HADRONFORCE_WARNINGS_AS_ERRORS)
  target_compile_options(hadronforce_flags INTERFACE -Werror)
endif()
if(HADRONFORCE_SANITIZE)
  target_compile_options(hadronforce_flags INTERFACE -fsanitize=${HADRONFORCE_SANITIZE} -fno-omit-frame-pointer
                                                     -fno-sanitize-recover=undefined)
  target_link_options(hadronforce_flags INTERFACE -fsanitize=${HADRONFORCE_SANITIZE})
endif()
# Eigen's fixed-size types change alignment with the instruction set: every target gets the same flags or none.
if(HADRONFORCE_NATIVE AND CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(hadronforce_flags INTERFACE -march=native)
endif()

# hadronforce_library(NAME room SOURCES ... [PUBLIC ...] [PRIVATE ...]): the library hadronforce::NAME.
function(hadronforce_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(hadronforce_${name} STATIC ${ARG_SOURCES})
  add_library(hadronforce::${name} ALIAS hadronforce_${name})
  set_target_properties(hadronforce_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_compile_features(hadronforce_${name} PUBLIC cxx_std_17)
  target_include_directories(hadronforce_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(hadronforce_${name} PUBLIC ${ARG_PUBLIC}
    PRIVATE ${ARG_PRIVATE} $<BUILD_INTERFACE:hadronforce_flags>)
  set_property(GLOBAL APPEND PROPERTY HADRONFORCE_LIBRARIES hadronforce_${name})
endfunction()

# What tests with MPI run under: more ranks than cores, which wait politely, and no search for fast networks, which
# takes longer than most tests.
set(HADRONFORCE_MPI_TEST_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
  OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_pml=ob1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1)

# hadronforce_test(NAME SOURCES ... LINK ... [RANKS 1 2 3] [LABELS ...]): a GoogleTest program; with RANKS it runs
# once per count.
function(hadronforce_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;RANKS;LABELS" ${ARGN})
  add_executable(test_${name} ${ARG_SOURCES})
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  if(ARG_RANKS)
    target_link_libraries(test_${name} PRIVATE ${ARG_LINK}
      hadronforce_mpi_test_main hadronforce_test_paths hadronforce_flags)
    foreach(ranks IN LISTS ARG_RANKS)
      add_test(NAME ${name}.ranks${ranks}
               COMMAND ${MPIEXEC_EXECUTABLE} --oversubscribe ${MPIEXEC_NUMPROC_FLAG} ${ranks}
                       $<TARGET_FILE:test_${name}>)
      set_tests_properties(${name}.ranks${ranks} PROPERTIES TIMEOUT 600 PROCESSORS ${ranks} LABELS "mpi;${ARG_LABELS}"
        ENVIRONMENT "${HADRONFORCE_MPI_TEST_ENVIRONMENT}")
    endforeach()
  else()
    target_link_libraries(test_${name} PRIVATE ${ARG_LINK}
      GTest::gtest GTest::gtest_main hadronforce_test_paths hadronforce_flags)
    add_test(NAME ${name} COMMAND test_${name})
    # An emulator takes 10 to 30 times as long.
    set_tests_properties(${name} PROPERTIES TIMEOUT $<IF:$<BOOL:${CMAKE_CROSSCOMPILING}>,3600,600>
      LABELS "${ARG_LABELS}")
  endif()
endfunction()
