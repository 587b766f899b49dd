"""Names that languages bring along without an import: types, functions and macros of their preludes."""

from __future__ import annotations

GO = frozenset(
    """
    any append bool byte cap clear close comparable complex complex128 complex64 copy delete error false float32 float64
    imag int int16 int32 int64 int8 iota len make max min new nil panic print println real recover rune string true uint
    uint16 uint32 uint64 uint8 uintptr
    """.split()  # noqa: SIM905
)
RUST = frozenset(
    """
    assert assert_eq assert_ne cfg column compile_error concat dbg debug_assert debug_assert_eq debug_assert_ne env eprint
    eprintln file format format_args include include_bytes include_str line matches module_path option_env panic print
    println stringify thread_local todo unimplemented unreachable vec write writeln
    bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize
    AsMut AsRef Box Clone Copy Debug Default DoubleEndedIterator Drop Eq Err ExactSizeIterator Extend Fn FnMut FnOnce From
    FromIterator Hash Into IntoIterator Iterator None Ok Option Ord PartialEq PartialOrd Result Send Sized Some String Sync
    ToOwned ToString TryFrom TryInto Unpin Vec drop Self self super crate
    """.split()  # noqa: SIM905
)
JAVA = frozenset(
    """
    java javax
    Appendable ArithmeticException ArrayIndexOutOfBoundsException AssertionError AutoCloseable Boolean Byte CharSequence
    Character Class ClassCastException ClassLoader ClassNotFoundException CloneNotSupportedException Cloneable Comparable
    Deprecated Double Enum Error Exception Float FunctionalInterface IllegalAccessException IllegalArgumentException
    IllegalStateException IndexOutOfBoundsException Integer InterruptedException Iterable LinkageError Long Math
    NegativeArraySizeException NoSuchFieldException NoSuchMethodException NullPointerException Number
    NumberFormatException Object OutOfMemoryError Override Process ProcessBuilder Readable Record
    ReflectiveOperationException Runnable Runtime RuntimeException SafeVarargs SecurityException Short StackOverflowError
    StackTraceElement StrictMath String StringBuffer StringBuilder StringIndexOutOfBoundsException SuppressWarnings System
    Thread ThreadLocal Throwable UnsupportedOperationException Void
    """.split()  # noqa: SIM905
)
KOTLIN = JAVA | frozenset(
    """
    kotlin kotlinx
    Any Array ArrayDeque ArrayList BooleanArray ByteArray Char CharArray Collection Comparator DoubleArray FloatArray
    HashMap HashSet Int IntArray IntRange Iterator Lazy LinkedHashMap LinkedHashSet List ListIterator LongArray LongRange
    Map MutableCollection MutableIterable MutableIterator MutableList MutableMap MutableSet Nothing Pair Regex Result
    Sequence Set ShortArray Suppress Triple UByte UInt ULong UShort Unit
    also apply arrayListOf arrayOf arrayOfNulls booleanArrayOf buildList buildMap buildSet buildString byteArrayOf
    charArrayOf check checkNotNull compareBy compareValues doubleArrayOf emptyArray emptyList emptyMap emptySequence
    emptySet enumValueOf enumValues error floatArrayOf hashMapOf hashSetOf intArrayOf lazy lazyOf let linkedMapOf
    linkedSetOf listOf listOfNotNull longArrayOf mapOf maxOf minOf mutableListOf mutableMapOf mutableSetOf print println
    readLine readln repeat require requireNotNull run runCatching sequence sequenceOf setOf shortArrayOf sortedMapOf
    sortedSetOf takeIf takeUnless to TODO use with it field value
    """.split()  # noqa: SIM905
)
RUBY = frozenset(
    """
    ARGV Array BasicObject Class Comparable Complex Dir ENV Encoding Enumerable Enumerator Exception FalseClass File Float
    GC Hash IO Integer Kernel Marshal Math Method Module Mutex NilClass Numeric Object ObjectSpace Proc Process Queue
    Random Range Rational Regexp Signal String Struct Symbol Thread Time TrueClass
    ArgumentError EOFError FloatDomainError FrozenError IOError IndexError Interrupt KeyError LoadError LocalJumpError
    NameError NoMethodError NotImplementedError RangeError RegexpError RuntimeError ScriptError SecurityError SignalException
    StandardError StopIteration SyntaxError SystemCallError SystemExit TypeError UncaughtThrowError ZeroDivisionError
    abort alias_method at_exit attr_accessor attr_reader attr_writer autoload binding block_given? caller catch define_method
    exit extend fail format freeze frozen? gets include instance_variable_get instance_variable_set is_a? lambda load loop
    module_function nil? object_id open p pp prepend print printf private private_class_method private_constant proc
    protected public public_class_method putc puts raise rand refine require require_relative respond_to? send sleep
    sprintf srand system tap then throw using warn
    """.split()  # noqa: SIM905
)
