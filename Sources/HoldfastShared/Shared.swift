@_exported import HoldfastABI
