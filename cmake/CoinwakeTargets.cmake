# coinwake_library / coinwake_test / coinwake_fuzzer / coinwake_benchmark: one call a folder or program.

option(COINWAKE_WERROR "Warnings are errors" OFF)
option(COINWAKE_FUZZ_ENGINE "Link fuzz targets with libFuzzer (clang)" OFF)
option(COINWAKE_CLANG_TIDY "Run clang-tidy on our sources" OFF)
option(COINWAKE_LIBRARY_ASSERTIONS "libstdc++ checks its preconditions in our sources" OFF)
option(COINWAKE_PCH "Precompile the libraries' headers that most files include (gcc)" OFF)
option(COINWAKE_QUIET_GCC12 "Without warnings that gcc 12 gives wrongly at -O3" OFF)

# Flags of our own targets only; imported and generated code stays quiet. Macros that libraries
# define (by -pthread too) are on everywhere or nowhere: a precompiled header serves one way only.
add_library(coinwake_flags INTERFACE)
target_compile_features(coinwake_flags INTERFACE cxx_std_20)
target_link_libraries(coinwake_flags INTERFACE Boost::headers)
target_compile_options(coinwake_flags INTERFACE
  -pthread
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${COINWAKE_QUIET_GCC12}>:-Wno-array-bounds>
  $<$<BOOL:${COINWAKE_QUIET_GCC12}>:-Wno-restrict>
  $<$<BOOL:${COINWAKE_QUIET_GCC12}>:-Wno-stringop-overflow>
  $<$<BOOL:${COINWAKE_WERROR}>:-Werror>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  $<$<CXX_COMPILER_ID:Clang>:-Werror=thread-safety>)
target_compile_definitions(coinwake_flags INTERFACE
  $<$<BOOL:${COINWAKE_LIBRARY_ASSERTIONS}>:_GLIBCXX_ASSERTIONS>)
if(COINWAKE_CLANG_TIDY)
  find_program(COINWAKE_CLANG_TIDY_EXE NAMES clang-tidy-14 clang-tidy REQUIRED)
endif()

# Headers of others only: they do not change, and nearly half of what a test's compilation takes is
# reading them. Release and tidy go without, so that every file still has to include what it uses.
if(COINWAKE_PCH)
  function(_coinwake_pch name headers libraries)
    file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/${name}.cc" CONTENT "")
    add_library(${name} OBJECT "${PROJECT_BINARY_DIR}/${name}.cc")
    set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
    target_compile_options(${name} PRIVATE -fpch-preprocess)  # ccache asks for it
    target_link_libraries(${name} PRIVATE coinwake_flags absl::flat_hash_map absl::statusor
                          absl::strings ${libraries})
    target_precompile_headers(${name} PRIVATE ${headers})
  endfunction()
  set(pch_headers <algorithm> <array> <functional> <map> <memory> <optional> <span> <string> <vector>
    <boost/multiprecision/cpp_int.hpp> <absl/container/flat_hash_map.h> <absl/status/statusor.h>
    <absl/strings/str_cat.h>)
  _coinwake_pch(coinwake_pch "${pch_headers}" "")
  _coinwake_pch(coinwake_test_pch "${pch_headers};<random>;<gmock/gmock.h>;<gtest/gtest.h>"
                "GTest::gmock;GTest::gtest")
endif()

function(_coinwake_own target)
  if(COINWAKE_PCH)
    get_target_property(libraries ${target} LINK_LIBRARIES)
    set(pch coinwake_pch)
    if(GTest::gmock IN_LIST libraries)
      set(pch coinwake_test_pch)
    endif()
    target_compile_options(${target} PRIVATE -fpch-preprocess)
    target_precompile_headers(${target} REUSE_FROM ${pch})
  endif()
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  if(COINWAKE_CLANG_TIDY)
    set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "${COINWAKE_CLANG_TIDY_EXE}")
  endif()
endfunction()

# coinwake_library(NAME indexer_kv HDRS ... SRCS ... DEPS ... PRIVATE_DEPS ...)
# makes coinwake_<NAME> and the alias coinwake::<NAME>; headers are included from the repository root.
function(coinwake_library)
  cmake_parse_arguments(ARG "" "NAME" "HDRS;SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  set(target coinwake_${ARG_NAME})
  add_library(${target} STATIC ${ARG_SRCS})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ARG_HDRS})
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
  # The check that each header compiles alone sees what is public.
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${ARG_DEPS} PRIVATE coinwake_flags ${ARG_PRIVATE_DEPS})
  _coinwake_own(${target})
  add_library(coinwake::${ARG_NAME} ALIAS ${target})
endfunction()

# coinwake_test(NAME kv_store_test LABEL unit SRCS ... DEPS ... [TIMEOUT seconds])
# One label a target: CMake's gtest discovery loses the second one.
function(coinwake_test)
  cmake_parse_arguments(ARG "" "NAME;LABEL;TIMEOUT" "SRCS;DEPS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=")  # several times slower, whatever else the machine does
    math(EXPR ARG_TIMEOUT "4 * ${ARG_TIMEOUT}")
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE coinwake_flags ${ARG_DEPS} GTest::gmock GTest::gtest
                        GTest::gtest_main Threads::Threads)
  target_compile_definitions(${ARG_NAME} PRIVATE
    COINWAKE_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  _coinwake_own(${ARG_NAME})
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
endfunction()

# coinwake_fuzzer(NAME fuzz_block SRCS fuzz_block.cc CORPUS dir... DEPS ...)
# With no engine the target links replay_main.cc and replays its corpus as a test (label fuzz).
add_custom_target(coinwake_fuzzers)  # every fuzz target
function(coinwake_fuzzer)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;CORPUS;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE coinwake_flags ${ARG_DEPS} Threads::Threads)
  add_dependencies(coinwake_fuzzers ${ARG_NAME})
  _coinwake_own(${ARG_NAME})
  if(COINWAKE_FUZZ_ENGINE)
    target_link_options(${ARG_NAME} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${ARG_NAME} PRIVATE "${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc")
    add_test(NAME ${ARG_NAME}_replay COMMAND ${ARG_NAME} ${ARG_CORPUS})
    set_tests_properties(${ARG_NAME}_replay PROPERTIES LABELS fuzz TIMEOUT 300)
  endif()
endfunction()

# coinwake_benchmark(NAME bench_index SRCS ... DEPS ... SMOKE_ARGS ...): also a test (label bench) at minimal size.
function(coinwake_benchmark)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS;SMOKE_ARGS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE coinwake_flags ${ARG_DEPS} Threads::Threads)
  _coinwake_own(${ARG_NAME})
  add_test(NAME ${ARG_NAME}_smoke COMMAND ${ARG_NAME} ${ARG_SMOKE_ARGS})
  set_tests_properties(${ARG_NAME}_smoke PROPERTIES LABELS bench TIMEOUT 300)
endfunction()
