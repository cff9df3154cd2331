"""Pages projects: the environments `production` and `preview`, the build, and the Git source."""
