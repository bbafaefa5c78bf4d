import HoldfastKernels

/// The book for every processor, and its scalar twin.
public enum Baseline {
    public static let face = BookFace(
        breaches: { BookWork<VectorLanes>.breaches(&$0, $1, $2) },
        insert: { BookWork<VectorLanes>.insert(&$0, $1, slot: $2) },
        modify: { BookWork<VectorLanes>.modify(&$0, $1, down: $2, up: $3, distance: $4) },
        remove: { BookWork<VectorLanes>.remove(&$0, $1) },
        read: { BookWork<VectorLanes>.read($0, $1) })

    public static let scalar = BookFace(
        breaches: { BookWork<ScalarLanes>.breaches(&$0, $1, $2) },
        insert: { BookWork<ScalarLanes>.insert(&$0, $1, slot: $2) },
        modify: { BookWork<ScalarLanes>.modify(&$0, $1, down: $2, up: $3, distance: $4) },
        remove: { BookWork<ScalarLanes>.remove(&$0, $1) },
        read: { BookWork<ScalarLanes>.read($0, $1) })
}
