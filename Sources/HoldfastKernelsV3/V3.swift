import HoldfastKernels

/// The book for x86-64-v3 (AVX2): this target alone is compiled for it.
public enum V3 {
    public static let face = BookFace(
        breaches: { BookWork<VectorLanes>.breaches(&$0, $1, $2) },
        insert: { BookWork<VectorLanes>.insert(&$0, $1, slot: $2) },
        modify: { BookWork<VectorLanes>.modify(&$0, $1, down: $2, up: $3, distance: $4) },
        remove: { BookWork<VectorLanes>.remove(&$0, $1) },
        read: { BookWork<VectorLanes>.read($0, $1) })
}
