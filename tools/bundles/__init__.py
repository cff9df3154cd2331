"""The matrix of bundles: releases of npm packages in the output of each bundler, and what edge-postgres recognises.

The releases are pinned in `packages/package.json`, each under an alias such as `pg-8-11-0`.
"""
