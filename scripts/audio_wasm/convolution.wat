;; The inner loop of lib/audio/resample.ts: every output is the product of input samples and one filter, or lies
;; between those of two filters. `embed_convolution.ts` makes lib/audio/wasm/convolution.ts of it.
(module
  (memory (export "memory") 1)

  ;; Where the filter of the next output begins, and how far that lies behind its sample: set here, read by JavaScript.
  (global $start (export "start") (mut i32) (i32.const 0))
  (global $phase (export "phase") (mut i32) (i32.const 0))

  ;; The product of the samples at $samples with the filter from $filter to $end, a multiple of 64 bytes. Four sums of
  ;; four lanes each: one would wait for itself.
  (func $dot (param $samples i32) (param $filter i32) (param $end i32) (result f32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $next
      (local.set $a (f32x4.add (local.get $a)
        (f32x4.mul (v128.load (local.get $samples)) (v128.load (local.get $filter)))))
      (local.set $b (f32x4.add (local.get $b)
        (f32x4.mul (v128.load offset=16 (local.get $samples)) (v128.load offset=16 (local.get $filter)))))
      (local.set $c (f32x4.add (local.get $c)
        (f32x4.mul (v128.load offset=32 (local.get $samples)) (v128.load offset=32 (local.get $filter)))))
      (local.set $d (f32x4.add (local.get $d)
        (f32x4.mul (v128.load offset=48 (local.get $samples)) (v128.load offset=48 (local.get $filter)))))
      (local.set $samples (i32.add (local.get $samples) (i32.const 64)))
      (br_if $next (i32.lt_u
        (local.tee $filter (i32.add (local.get $filter) (i32.const 64)))
        (local.get $end))))
    (local.set $a (f32x4.add
      (f32x4.add (local.get $a) (local.get $b))
      (f32x4.add (local.get $c) (local.get $d))))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
      (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))

  ;; Writes outputs to $output as long as a filter of $size bytes that begins at `start` ends before $end, and gives the
  ;; address after the last one. The filters, $phases and one of them, stand one after the other from $filters on.
  (func (export "run")
    (param $end i32) (param $output i32) (param $filters i32) (param $size i32) (param $phases i32)
    (param $out_step i32) (param $in_step i32)
    (result i32)
    (local $position f64) (local $row i32) (local $fraction f32) (local $value f32)
    (local $samples i32) (local $turn i32) (local $step i32) (local $rest i32)
    (local.set $samples (global.get $start))
    (local.set $turn (global.get $phase))
    ;; From one output to the next: whole samples, in bytes, and phases.
    (local.set $step (i32.shl (i32.div_u (local.get $in_step) (local.get $out_step)) (i32.const 2)))
    (local.set $rest (i32.rem_u (local.get $in_step) (local.get $out_step)))
    (block $done
      (loop $next
        (br_if $done (i32.gt_u (i32.add (local.get $samples) (local.get $size)) (local.get $end)))
        (if (i32.eq (local.get $phases) (local.get $out_step))
          (then
            (local.set $row (i32.add (local.get $filters) (i32.mul (local.get $turn) (local.get $size))))
            (local.set $value (call $dot
              (local.get $samples) (local.get $row) (i32.add (local.get $row) (local.get $size)))))
          (else
            ;; Rates with too many phases fall between two filters.
            (local.set $position (f64.div
              (f64.mul (f64.convert_i32_u (local.get $turn)) (f64.convert_i32_u (local.get $phases)))
              (f64.convert_i32_u (local.get $out_step))))
            (local.set $row (i32.trunc_f64_u (local.get $position)))
            (local.set $fraction (f32.demote_f64
              (f64.sub (local.get $position) (f64.convert_i32_u (local.get $row)))))
            (local.set $row (i32.add (local.get $filters) (i32.mul (local.get $row) (local.get $size))))
            (local.set $value (call $dot
              (local.get $samples) (local.get $row) (i32.add (local.get $row) (local.get $size))))
            (local.set $row (i32.add (local.get $row) (local.get $size)))
            (local.set $value (f32.add (local.get $value) (f32.mul (local.get $fraction) (f32.sub
              (call $dot (local.get $samples) (local.get $row) (i32.add (local.get $row) (local.get $size)))
              (local.get $value)))))))
        (f32.store (local.get $output) (local.get $value))
        (local.set $output (i32.add (local.get $output) (i32.const 4)))
        ;; On to the sample after which the next output lies.
        (local.set $samples (i32.add (local.get $samples) (local.get $step)))
        (local.set $turn (i32.add (local.get $turn) (local.get $rest)))
        (if (i32.ge_u (local.get $turn) (local.get $out_step))
          (then
            (local.set $turn (i32.sub (local.get $turn) (local.get $out_step)))
            (local.set $samples (i32.add (local.get $samples) (i32.const 4)))))
        (br $next)))
    (global.set $start (local.get $samples))
    (global.set $phase (local.get $turn))
    (local.get $output)))
