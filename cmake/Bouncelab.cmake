# The few rules that every target follows, so that a module's CMakeLists.txt only names its parts.

set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(BOUNCELAB_CCACHE ccache)
if(BOUNCELAB_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${BOUNCELAB_CCACHE})
endif()

# Code that runs once, or only in tests: -O3 takes twice the time to compile and gains nothing.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(BOUNCELAB_COLD -O1)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Precompiled headers and ccache agree only with this.
  add_compile_options(-fpch-preprocess)
endif()
# The path of the source tree reaches no binary, and so no output.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
if(BOUNCELAB_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(BOUNCELAB_FUZZ)
  # Everything is instrumented, not only the targets: coverage guides the fuzzer.
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
find_program(BOUNCELAB_MOLD mold)
if(BOUNCELAB_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS unit_test_framework)

# An own target per ns-3 module: the packaged config asks for libraries that we do not use, and
# names folders of the machine that built it.
foreach(module core network internet)
  find_library(NS3_${module} ns3-${module} REQUIRED)
  add_library(ns3-${module} INTERFACE)
  target_link_libraries(ns3-${module} INTERFACE ${NS3_${module}})
  # Class layouts depend on NS3_LOG_ENABLE: it has to be as Debian built the library.
  target_compile_definitions(ns3-${module} INTERFACE NS3_LOG_ENABLE NS3_BUILD_PROFILE_RELEASE)
  if(BOUNCELAB_NS3_ASSERT)
    target_compile_definitions(ns3-${module} INTERFACE NS3_ASSERT_ENABLE)
  endif()
  target_compile_options(ns3-${module} INTERFACE -Wno-pedantic -Wno-shadow)
endforeach()
find_library(NS3_point-to-point ns3-point-to-point REQUIRED)
add_library(ns3-point-to-point INTERFACE)
target_link_libraries(ns3-point-to-point INTERFACE ${NS3_point-to-point} ns3-network)

# Modules in which a run spends its time; all others are compiled for the compiler's sake.
set(BOUNCELAB_HOT_MODULES formats models detectors lab/evidence lab/truth)

# Every module is one target, and any module can be compiled as one unit: no name means two things in it.
option(BOUNCELAB_UNITY "Compile the modules in batches" OFF)

# bl_library(NAME SOURCES a.cc ... [DEPENDS module ...])
# One module. Headers are included from the root of the tree ("models/smtp/reply.h").
function(bl_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(NOT ARG_SOURCES)
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_DEPENDS})
    return()
  endif()
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_DEPENDS})
  file(RELATIVE_PATH module ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  string(REGEX MATCH "^[^/]+" top ${module})
  if(NOT module IN_LIST BOUNCELAB_HOT_MODULES AND NOT top IN_LIST BOUNCELAB_HOT_MODULES)
    target_compile_options(${name} PRIVATE ${BOUNCELAB_COLD})
  endif()
  if(BOUNCELAB_UNITY)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()

# bl_test(MODULE SOURCES a-test.cc ... [DEPENDS module ...] [LABELS ...] [SPLIT a-b ... CASES <case> ...])
# One program a module. Every file a-b-test.cc holds one Boost.Test suite named a_b, which is one CTest;
# of the long ones that SPLIT names, each case is.
function(bl_test module)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LABELS;SPLIT;CASES" ${ARGN})
  set(target test-${module})
  add_executable(${target} ${ARG_SOURCES} ${CMAKE_SOURCE_DIR}/tests/test-main.cc)
  target_compile_definitions(${target} PRIVATE BOOST_TEST_DYN_LINK)
  set_source_files_properties(${CMAKE_SOURCE_DIR}/tests/test-main.cc PROPERTIES COMPILE_DEFINITIONS
    "BOUNCELAB_SOURCE_DIR=\"${CMAKE_SOURCE_DIR}\";BOUNCELAB_BINARY_DIR=\"${CMAKE_BINARY_DIR}\"")
  target_compile_options(${target} PRIVATE -Wno-shadow ${BOUNCELAB_COLD})
  target_link_libraries(${target} PRIVATE ${ARG_DEPENDS} Boost::unit_test_framework)
  target_precompile_headers(${target} PRIVATE <boost/test/unit_test.hpp>)
  set_source_files_properties(${CMAKE_SOURCE_DIR}/tests/test-main.cc PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  foreach(source ${ARG_SOURCES})
    get_filename_component(stem ${source} NAME_WE)
    if(stem MATCHES "^(.*)-test$")
      set(name ${CMAKE_MATCH_1})
      string(REPLACE "-" "_" suite ${name})
      set(cases "*")
      if(name IN_LIST ARG_SPLIT)
        set(cases ${ARG_CASES})
      endif()
      foreach(case ${cases})
        string(REPLACE "/*" "" test ${module}/${name}/${case})
        add_test(NAME ${test} COMMAND ${target} --run_test=${suite}/${case} --log_level=test_suite --catch_system_errors=no)
        set_tests_properties(${test} PROPERTIES LABELS "${ARG_LABELS}" SKIP_RETURN_CODE 77
          ENVIRONMENT "TZ=UTC;LC_ALL=C")
      endforeach()
    endif()
  endforeach()
endfunction()

# bl_fuzz(NAME SOURCES a.cc [DEPENDS module ...]): a libFuzzer program with clang, and with any compiler
# a program that replays the corpus in tests/fuzz/corpus/NAME (so that the target is always built).
function(bl_fuzz name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  set(target fuzz-${name})
  if(BOUNCELAB_FUZZ)
    add_executable(${target} ${ARG_SOURCES})
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer,address,undefined)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer,address,undefined)
  else()
    add_executable(${target} ${ARG_SOURCES} ${CMAKE_SOURCE_DIR}/tests/fuzz/replay-main.cc)
    add_test(NAME fuzz/${name} COMMAND ${target} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
  endif()
  target_link_libraries(${target} PRIVATE ${ARG_DEPENDS})
endfunction()
