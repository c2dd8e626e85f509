#include "src/linux/affinity.h"

namespace switchboard::sys {

// The kernel says nothing about CPUs, so nobody is held to one.
CpuSet::CpuSet() = default;

bool CpuSet::Reload() { return false; }

void CpuSet::SetOnly(int /*cpu*/) {}

int CpuSet::size() const { return 0; }

bool CpuSet::Has(int /*cpu*/) const { return false; }

bool CpuSet::Hold() const { return false; }

bool CpuSet::Hold(Thread& /*thread*/) const { return false; }

int ThisCpu() { return 0; }

}  // namespace switchboard::sys
