@_exported import HoldfastLink
