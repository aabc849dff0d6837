#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Hold lib/sbi_covh/hart/world_csrs.h against the ISA's list of CSRs.

Every CSR that S-, HS-, VS- or U-mode can reach is switched, kept for the
vCPU, written by the exit, or left alone for a reason: none may be forgotten,
none may be there twice.
"""

import os
import re
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
COVH = os.path.join(TOP, 'lib', 'sbi_covh')

# From the specifications, not from our sources. RV64, so no *h halves.
ISA = {
    'privileged, supervisor': {
        0x100: 'SSTATUS', 0x104: 'SIE', 0x105: 'STVEC', 0x106: 'SCOUNTEREN',
        0x10A: 'SENVCFG', 0x140: 'SSCRATCH', 0x141: 'SEPC', 0x142: 'SCAUSE',
        0x143: 'STVAL', 0x144: 'SIP', 0x180: 'SATP',
    },
    'privileged, hypervisor': {
        0x600: 'HSTATUS', 0x602: 'HEDELEG', 0x603: 'HIDELEG', 0x604: 'HIE',
        0x605: 'HTIMEDELTA', 0x606: 'HCOUNTEREN', 0x607: 'HGEIE',
        0x60A: 'HENVCFG', 0x643: 'HTVAL', 0x644: 'HIP', 0x645: 'HVIP',
        0x64A: 'HTINST', 0x680: 'HGATP', 0xE12: 'HGEIP',
        0x200: 'VSSTATUS', 0x204: 'VSIE', 0x205: 'VSTVEC', 0x240: 'VSSCRATCH',
        0x241: 'VSEPC', 0x242: 'VSCAUSE', 0x243: 'VSTVAL', 0x244: 'VSIP',
        0x280: 'VSATP',
    },
    'AIA (Ssaia), Sscsrind': {
        0x150: 'SISELECT', 0x151: 'SIREG', 0x15C: 'STOPEI', 0xDB0: 'STOPI',
        0x608: 'HVIEN', 0x609: 'HVICTL', 0x646: 'HVIPRIO1',
        0x647: 'HVIPRIO2', 0x250: 'VSISELECT', 0x251: 'VSIREG',
        0x25C: 'VSTOPEI', 0xEB0: 'VSTOPI',
        0x152: 'SIREG2', 0x153: 'SIREG3', 0x155: 'SIREG4', 0x156: 'SIREG5',
        0x157: 'SIREG6', 0x252: 'VSIREG2', 0x253: 'VSIREG3',
        0x255: 'VSIREG4', 0x256: 'VSIREG5', 0x257: 'VSIREG6',
    },
    'Smstateen': {
        0x10C: 'SSTATEEN0', 0x10D: 'SSTATEEN1', 0x10E: 'SSTATEEN2',
        0x10F: 'SSTATEEN3', 0x60C: 'HSTATEEN0', 0x60D: 'HSTATEEN1',
        0x60E: 'HSTATEEN2', 0x60F: 'HSTATEEN3',
    },
    'Sstc': {0x14D: 'STIMECMP', 0x24D: 'VSTIMECMP'},
    'Sscofpmf': {0xDA0: 'SCOUNTOVF'},
    'Smcdeleg, Ssccfg': {0x120: 'SCOUNTINHIBIT'},
    'Ssqosid': {0x181: 'SRMCFG'},
    'Sdtrig': {0x5A8: 'SCONTEXT', 0x6A8: 'HCONTEXT'},
    'Ssctr': {
        0x14E: 'SCTRCTL', 0x14F: 'SCTRSTATUS', 0x15F: 'SCTRDEPTH',
        0x24E: 'VSCTRCTL',
    },
    'Zicfiss': {0x011: 'SSP'},
    'Zcmt': {0x017: 'JVT'},
    'F and D': {0x001: 'FFLAGS', 0x002: 'FRM', 0x003: 'FCSR'},
    'V': {
        0x008: 'VSTART', 0x009: 'VXSAT', 0x00A: 'VXRM', 0x00F: 'VCSR',
        0xC20: 'VL', 0xC21: 'VTYPE',
    },
}
# Nothing to switch: counters and constants that can only be read (time,
# cycle, instret, hpmcounter3-31, vlenb), seed, and the *h halves of RV32.

# Machine-mode registers that decide about the guest world
MACHINE = {0x302: 'MEDELEG', 0x30A: 'MENVCFG', 0x320: 'MCOUNTINHIBIT'}

# Read or written by a guest with no trap: these must not be FIXED, unless
# they are views or the trampoline has code of its own for them
GUESTS_OWN = {
    'VSSTATUS', 'VSTVEC', 'VSSCRATCH', 'VSEPC', 'VSCAUSE', 'VSTVAL',
    'VSATP', 'VSTIMECMP', 'SCOUNTEREN', 'SENVCFG', 'SSTATEEN0',
}
# The same, but no guest is promised that they keep their values
GUESTS_REACH = {'SCONTEXT', 'VSISELECT'}
# In the vCPU's list though the table calls it a view
VCPU_VIEWS = {'VSIE'}

ROW = re.compile(r'\bX\(\s*(\w+)\s*,\s*(0x[0-9A-Fa-f]+)\s*,\s*(\w+)\s*'
                 r'(?:,\s*(\w+)\s*,\s*((?:"[^"]*"|[^()"]|\([^()]*\))*))?\)')


def rows(path):
    with open(os.path.join(COVH, path), encoding='utf-8') as f:
        text = f.read().replace('\\\n', ' ')
    return ROW.findall(text)


def check():
    errors = []
    world = rows('hart/world_csrs.h')
    vcpu = rows('trampoline/vcpu_csrs.h')
    known = dict(MACHINE)
    for table in ISA.values():
        known.update(table)
    seen = {}
    for name, num, needs, how, what in world:
        num = int(num, 16)
        if num in seen:
            errors.append(f'{name} (0x{num:x}) is there twice')
        seen[num] = (name, how)
        if num not in known:
            errors.append(f'{name} (0x{num:x}) is no CSR that we know')
        elif known[num] != name:
            errors.append(f'0x{num:x} is {known[num]}, not {name}')
        if needs not in ('ALWAYS', 'STATEEN', 'AIA', 'CTR', 'CSRIND',
                         'CONTEXT', 'QOSID'):
            errors.append(f'{name}: needs {needs}?')
        if how not in ('SWITCH', 'LATE', 'KEEP', 'EXIT', 'FIXED'):
            errors.append(f'{name}: treatment {how}?')
        reason = what.strip().startswith('"') and len(what.strip()) > 8
        if (how == 'FIXED') != reason:
            errors.append(f'{name}: {how} with "{what.strip()}"')
        if name in GUESTS_OWN and how != 'KEEP':
            errors.append(f'{name} is the guest\'s own, but {how}')
        if name in GUESTS_REACH and how != 'SWITCH':
            errors.append(f'a guest reaches {name}, but {how}')
    for source, table in ISA.items():
        for num, name in table.items():
            if num not in seen:
                errors.append(f'{name} (0x{num:x}, {source}) is missing')
    for num, name in MACHINE.items():
        if num not in seen:
            errors.append(f'{name} (0x{num:x}) is missing')

    keep = {n: name for n, (name, how) in seen.items() if how == 'KEEP'}
    loaded = {int(num, 16): name for name, num, _, _, _ in vcpu}
    if len(loaded) != len(vcpu):
        errors.append('vcpu_csrs.h holds a CSR twice')
    for num, name in keep.items():
        if num not in loaded:
            errors.append(f'{name} is KEEP, but not in vcpu_csrs.h')
    for num, name in loaded.items():
        if num not in keep and name not in VCPU_VIEWS:
            errors.append(f'{name} is in vcpu_csrs.h, but not KEEP')
        if num in seen and seen[num][0] != name:
            errors.append(f'0x{num:x} is {seen[num][0]} and {name}')
    return errors, len(world)


def main():
    errors, count = check()
    for e in errors:
        print(f'FAIL csrs: {e}')
    if '-v' in sys.argv:
        for name, num, needs, how, what in rows('hart/world_csrs.h'):
            print(f'{name:14} {num:6} {needs:8} {how:7} {what.strip()}')
    if not errors:
        print(f'PASS csrs: {count} CSRs, each with its treatment')
    return bool(errors)


sys.exit(main())
