# Every third-party dependency of Coinwake, all from Debian 12. README.md lists what each is for;
# scripts/install-dependencies names the packages.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(Boost REQUIRED)  # headers only
find_package(leveldb CONFIG REQUIRED)
# Debian's leveldb exports `snappy`, which libleveldb-dev does not bring; libsnappy-dev does.
find_package(Protobuf MODULE REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(secp256k1 REQUIRED IMPORTED_TARGET libsecp256k1)  # with its recovery module
pkg_check_modules(cryptopp REQUIRED IMPORTED_TARGET libcrypto++)
pkg_check_modules(gumbo REQUIRED IMPORTED_TARGET gumbo)
find_package(ZLIB REQUIRED)
find_package(EXPAT REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
