"""A scheduler here, and workers as jobs of a batch cluster, until Ctrl-C (`pip install dask-jobqueue`).

    python slurm_workers.py 100

Then, where the warehouse is written: emotionkit process ... --dask ADDRESS, with the address that is printed.
Other batch systems have classes of the same kind: PBSCluster, SGECluster, LSFCluster, HTCondorCluster.
"""

from __future__ import annotations

import sys
import time

from dask_jobqueue import SLURMCluster


def cluster() -> SLURMCluster:
    """Describe a worker: one core, one process, one thread; its job ends before the batch system would end it."""
    return SLURMCluster(
        cores=1,
        processes=1,
        memory="3GiB",
        walltime="04:00:00",
        worker_extra_args=["--lifetime", "230m", "--lifetime-stagger", "10m", "--no-dashboard"],
        scheduler_options={"dashboard": False},
        protocol="tls://",
        security=_certificates(),
    )


def _certificates():
    from distributed import Security  # noqa: PLC0415  not needed to show the script of a job

    return Security(require_encryption=True)


if __name__ == "__main__":
    with cluster() as workers:
        workers.scale(jobs=int(sys.argv[1]))
        sys.stdout.write(f"{workers.scheduler_address}\n")
        sys.stdout.flush()
        while True:
            time.sleep(60)
