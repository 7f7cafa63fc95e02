// The store: what a read costs, and what a durable commit costs next to the disk itself.
// Set TMPDIR to the file system in question: /tmp may well be memory.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "benchmark/benchmark.h"
#include "store/lmdb.h"
#include "store/memory.h"
#include "store/store.h"
#include "suites/temporary_directory.h"

namespace claviger::store {
namespace {

constexpr int kKeys = 100000;
constexpr std::size_t kValueBytes = 300;  // About what a user or a role is.

std::string KeyOf(int i) {
  const std::string number = std::to_string(i);
  return "123456789012/user/" + std::string(6 - number.size(), '0') + number;
}

struct InMemory {
  std::unique_ptr<Store> store = NewMemoryStore();
};

struct OnDisk {
  testing::TemporaryDirectory directory;
  std::unique_ptr<Store> store = OpenLmdb(directory.path()).value();
};

void Fill(Store& store) {
  Batch batch;
  for (int i = 0; i < kKeys; ++i) batch.writes.emplace(KeyOf(i), std::string(kValueBytes, 'v'));
  if (!store.CommitAndWait(std::move(batch)).ok()) std::abort();
}

template <class Backend>
void Get(benchmark::State& state) {
  Backend backend;
  Fill(*backend.store);
  const auto reader = backend.store->NewReader().value();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(reader->Get(KeyOf(static_cast<int>(i))));
    i = (i + 7919) % kKeys;
  }
}
BENCHMARK(Get<InMemory>);
BENCHMARK(Get<OnDisk>);

// What Get's figures hold of making the key.
void OnlyTheKey(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(KeyOf(static_cast<int>(i)));
    i = (i + 7919) % kKeys;
  }
}
BENCHMARK(OnlyTheKey);

template <class Backend>
void Refresh(benchmark::State& state) {
  Backend backend;
  Fill(*backend.store);
  const auto reader = backend.store->NewReader().value();
  for (auto _ : state) benchmark::DoNotOptimize(reader->Refresh());
}
BENCHMARK(Refresh<InMemory>);
BENCHMARK(Refresh<OnDisk>);

template <class Backend>
void RefreshGetRelease(benchmark::State& state) {
  Backend backend;
  Fill(*backend.store);
  const auto reader = backend.store->NewReader().value();
  const std::string key = KeyOf(kKeys / 2);
  for (auto _ : state) {
    benchmark::DoNotOptimize(reader->Refresh());
    benchmark::DoNotOptimize(reader->Get(key));
    reader->Release();
  }
}
BENCHMARK(RefreshGetRelease<InMemory>);
BENCHMARK(RefreshGetRelease<OnDisk>);

template <class Backend>
void ScanOfAHundred(benchmark::State& state) {
  Backend backend;
  Fill(*backend.store);
  const auto reader = backend.store->NewReader().value();
  const std::string prefix = KeyOf(0).substr(0, KeyOf(0).size() - 6);
  const std::string after = KeyOf(kKeys / 2);
  for (auto _ : state) {
    int count = 0;
    benchmark::DoNotOptimize(reader->Scan(prefix, after, [&](std::string_view, const Entry& entry) {
      benchmark::DoNotOptimize(entry.value.data());
      return ++count < 100;
    }));
  }
  state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(ScanOfAHundred<InMemory>);
BENCHMARK(ScanOfAHundred<OnDisk>);

// The yardstick: the disk, with nothing else.
void WriteAndSync(benchmark::State& state) {
  const testing::TemporaryDirectory directory;
  const int fd = open((directory.path() / "file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const std::array<char, 4096> page{};
  // As LMDB's file does most of the time, it does not grow.
  for (int i = 0; i < 64; ++i) {
    if (pwrite(fd, page.data(), page.size(), i * 4096) < 0) std::abort();
  }
  off_t i = 0;
  for (auto _ : state) {
    if (pwrite(fd, page.data(), page.size(), (i++ % 64) * 4096) < 0 || fdatasync(fd) != 0) std::abort();
  }
  close(fd);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(WriteAndSync)->UseRealTime();

// Commits with so many under way at any time, each a read-modify-write of a key of its own.
template <class Backend>
void Commit(benchmark::State& state) {
  Backend backend;
  Fill(*backend.store);
  const auto outstanding_max = static_cast<int>(state.range(0));
  std::mutex mutex;
  std::condition_variable changed;
  int outstanding = 0;
  const auto reader = backend.store->NewReader().value();
  const Revision before = reader->revision();
  const std::string value(kValueBytes, 'w');
  std::size_t i = 0;
  for (auto _ : state) {
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return outstanding < outstanding_max; });
      ++outstanding;
    }
    if (!reader->Refresh().ok()) std::abort();
    Transaction transaction(*reader);
    const std::string key = KeyOf(static_cast<int>(i));
    i = (i + 7919) % kKeys;
    if (!transaction.Get(key).ok()) std::abort();
    transaction.Put(key, value);
    reader->Release();
    backend.store->Commit(transaction.TakeBatch(), [&](const StoreResult<Revision>& result) {
      if (!result.ok()) std::abort();
      const std::lock_guard lock(mutex);
      --outstanding;
      changed.notify_one();
    });
  }
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return outstanding == 0; });
  }
  if (!reader->Refresh().ok()) std::abort();
  state.SetItemsProcessed(state.iterations());
  // Each revision is one durable commit, of two flushes: of the pages, and of the page that makes them current.
  state.counters["commits/group"] =
      static_cast<double>(state.iterations()) / static_cast<double>(reader->revision() - before);
}
BENCHMARK(Commit<InMemory>)->Arg(1);
BENCHMARK(Commit<OnDisk>)->Arg(1)->Arg(8)->Arg(32)->Arg(256)->UseRealTime();

}  // namespace
}  // namespace claviger::store
