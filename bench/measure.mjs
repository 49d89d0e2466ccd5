// Runs a command to its end; seconds, seconds of CPU (to about a hundredth), and peak memory of the process and its children.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** VmHWM in bytes of a process, 0 when it is gone. */
function peakOf(pid) {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) * 1024 : 0;
  } catch {
    return 0;
  }
}

/** Seconds of CPU that a process has used, 0 when it is gone; the kernel counts in hundredths. */
function cpuOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

function childrenOf(pid) {
  try {
    const own = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const pids = own === '' ? [] : own.split(' ').map(Number);
    return pids.flatMap((child) => [child, ...childrenOf(child)]);
  } catch {
    return [];
  }
}

/** Rejects when the command ends with another exit code than 0 or, with `mostCode`, a greater one. */
export function measure([command, args], { env = {}, mostCode = 0 } = {}) {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    const [peaks, cpu] = [new Map(), new Map()];
    const look = () => {
      for (const pid of [child.pid, ...childrenOf(child.pid)]) {
        peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakOf(pid)));
        cpu.set(pid, Math.max(cpu.get(pid) ?? 0, cpuOf(pid)));
      }
    };
    const timer = setInterval(look, 10);
    let errors = '';
    child.stdout.resume();
    child.stderr.on('data', (data) => (errors += data));
    child.on('close', (code) => {
      clearInterval(timer);
      if (code === null || code > mostCode)
        return reject(new Error(`${command}: exit code ${code}: ${errors}`));
      const sum = (values) => [...values].reduce((total, value) => total + value, 0);
      resolve({
        seconds: Number(process.hrtime.bigint() - started) / 1e9,
        cpuSeconds: sum(cpu.values()),
        megabytes: sum(peaks.values()) / 1e6,
      });
    });
  });
}

/** The fastest of several runs. */
export async function best(times, run) {
  let result;
  for (let i = 0; i < times; i++) {
    const next = await run();
    if (result === undefined || next.seconds < result.seconds) result = next;
  }
  return result;
}
