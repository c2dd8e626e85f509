// Every allocation of the server is a call that can fail. Linked into the programs that want it so.

#include <cstddef>
#include <cstdlib>
#include <new>

#include "tests/sim/kernel/machine.h"

namespace {

using switchboard::sim::Machine;
using switchboard::sim::Seam;
using switchboard::sim::SystemCall;

bool Fails() {
  if (!Seam::IsServer()) return false;
  Seam::SetServer(false);  // what is done here is not the server's
  Machine& machine = Machine::Here();
  const bool fails = machine.faults.Next(SystemCall::kAllocate, machine.random) != 0;
  if (fails) ++machine.faults_without_owner;
  Seam::SetServer(true);
  return fails;
}

void* Allocate(size_t size, size_t alignment) {
  if (Fails()) return nullptr;
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void* OrThrow(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

constexpr size_t kUsual = alignof(std::max_align_t);

}  // namespace

void* operator new(size_t size) { return OrThrow(Allocate(size, kUsual)); }
void* operator new(size_t size, std::align_val_t alignment) {
  return OrThrow(Allocate(size, static_cast<size_t>(alignment)));
}
void* operator new(size_t size, const std::nothrow_t&) noexcept { return Allocate(size, kUsual); }
void* operator new(size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return Allocate(size, static_cast<size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
